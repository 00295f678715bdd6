// SPDX-License-Identifier: Apache-2.0

#include "scopes.h"

/* What `before` has where no path has come by yet, and where none had come by when it was looked at. */
static Variable gUnseen;
static Variable gDead;

bool endsPath(const Scopes *scopes, const Instruction *instruction)
{
	switch (instruction->code) {
	case XS_CODE_RUN_TAIL_1: return scopes->leavesByTail;
	case XS_CODE_BRANCH_1:
	case XS_CODE_END:
	case XS_CODE_END_ARROW:
	case XS_CODE_END_BASE:
	case XS_CODE_END_DERIVED:
	case XS_CODE_RETHROW:
	case XS_CODE_RETURN:
	case XS_CODE_THROW: return true;
	default: return false;
	}
}

static Variable *declare(Scopes *scopes, Variable *outer, bool isClosure)
{
	Variable *variable = &scopes->variables[scopes->count];
	variable->outer = outer;
	variable->place = outer ? outer->place + 1 : 1;
	variable->isClosure = isClosure;
	variable->index = isClosure ? 0 : scopes->locals++;
	scopes->count++;
	return variable;
}

/* Returns the last variable behind the instruction. */
static Variable *step(Scopes *scopes, Variable *last, const Instruction *instruction)
{
	switch (instruction->code) {
	case XS_CODE_RETRIEVE_1:
		for (txS4 i = 0; i < instruction->operand; i++)
			last = declare(scopes, last, true);
		return last;
	case XS_CODE_NEW_CLOSURE: return declare(scopes, last, true);
	case XS_CODE_NEW_LOCAL:
	case XS_CODE_NEW_TEMPORARY: return declare(scopes, last, false);
	case XS_CODE_UNWIND_1:
		for (txS4 i = 0; i < instruction->operand && last; i++)
			last = last->outer;
		return last;
	default: return last;
	}
}

static Variable *lookUp(Variable *last, txS4 place)
{
	while (last && last->place > place)
		last = last->outer;
	return last && last->place == place ? last : NULL;
}

/* Whether every path to `to` comes with the same variables. */
static bool pass(Scopes *scopes, const Function *function, const Instruction *to, Variable *last)
{
	Variable **before = &scopes->before[to - function->first];
	if (*before == &gUnseen)
		*before = last;
	return *before == last;
}

static bool readInstruction(const Function *function, Scopes *scopes, const Instruction *each)
{
	Variable *last = scopes->before[each - function->first];
	if (last == &gUnseen) {
		scopes->before[each - function->first] = &gDead;
		return true;
	}
	if (each->code == XS_CODE_NEW_PRIVATE_1)
		return false;
	if (hasPlace(each)) {
		Variable *variable = lookUp(last, each->operand);
		if (!variable)
			return false;
		scopes->of[each - function->first] = variable;
		variable->reads += each->code == XS_CODE_GET_LOCAL_1 || each->code == XS_CODE_STORE_1;
	}
	last = step(scopes, last, each);
	if (each->target && !pass(scopes, function, each->target, last))
		return false;
	return endsPath(scopes, each) || each + 1 == function->end || pass(scopes, function, each + 1, last);
}

static unsigned countDeclarations(const Function *function)
{
	unsigned count = 0;
	for (const Instruction *each = function->first; each < function->end; each++)
		count += each->code == XS_CODE_RETRIEVE_1 ? (unsigned)each->operand : 1;
	return count;
}

bool isDead(const Function *function, const Scopes *scopes, const Instruction *instruction)
{
	return scopes->before[instruction - function->first] == &gDead;
}

bool readScopes(const Function *function, Scopes *scopes)
{
	size_t length = (size_t)(function->end - function->first);
	scopes->count = scopes->locals = 0;
	scopes->variables = calloc(countDeclarations(function), sizeof(Variable));
	scopes->before = malloc(length * sizeof(Variable *));
	scopes->of = calloc(length, sizeof(Variable *));
	for (size_t i = 0; i < length; i++)
		scopes->before[i] = i ? &gUnseen : NULL;
	for (const Instruction *each = function->first; each < function->end; each++) {
		if (readInstruction(function, scopes, each))
			continue;
		freeScopes(scopes);
		return false;
	}
	return true;
}

void freeScopes(Scopes *scopes)
{
	free(scopes->variables);
	free(scopes->before);
	free(scopes->of);
}
