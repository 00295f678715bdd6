// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"

void optimize(Function *function, const Names *names, bool isPreloaded)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->body)
			optimize(each->body, names, isPreloaded);
	}
	shortenLiterals(function, names, isPreloaded);
	shortenClasses(function);
	if (isPlain(function)) {
		shortenCaptures(function);
		shortenPatterns(function);
		shortenVariables(function);
	}
	shortenArrows(function);
	shortenNeighbours(function);
	if (isPlain(function)) {
		shortenFrame(function, isPreloaded);
		shortenNeighbours(function);
	}
}

void markTargets(Function *function)
{
	for (Instruction *each = function->first; each < function->end; each++)
		each->isTarget = false;
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->target && each->code != XS_NO_CODE)
			each->target->isTarget = true;
	}
}

bool isPlain(const Function *function)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		switch (each->code) {
		case XS_CODE_ARGUMENTS_SLOPPY:
		case XS_CODE_EVAL:
		case XS_CODE_EVAL_ENVIRONMENT:
		case XS_CODE_EVAL_PRIVATE:
		case XS_CODE_EVAL_REFERENCE:
		case XS_CODE_EVAL_TAIL:
		case XS_CODE_FUNCTION_ENVIRONMENT:
		case XS_CODE_PROGRAM_ENVIRONMENT:
		case XS_CODE_START_ASYNC:
		case XS_CODE_START_ASYNC_GENERATOR:
		case XS_CODE_START_GENERATOR:
		case XS_CODE_WITH: return false;
		default: break;
		}
	}
	return true;
}
