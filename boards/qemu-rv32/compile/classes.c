// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"

/*
 * CLASS, GET_LOCAL, NAME where it has one, and for each method GET_LOCAL, what makes the function, NEW_PROPERTY, INTEGER: the
 * prototype is read from a variable whose place has two bytes where it is one of a module.
 */
static Instruction *firstMethod(const Function *function, const Instruction *class)
{
	Instruction *next = nextOf(function, nextOf(function, class));
	return next && next->code == XS_CODE_NAME ? nextOf(function, next) : next;
}

/* The instruction behind a method's, NULL where this is none. */
static Instruction *behindMethod(const Function *function, Instruction *method)
{
	Instruction *each = method;
	while (each && each->code != XS_CODE_NEW_PROPERTY) {
		each = nextOf(function, each);
		if (each && each->code == XS_CODE_GET_LOCAL_1)
			return NULL;
	}
	Instruction *flags = each ? nextOf(function, each) : NULL;
	return flags && flags->code == XS_CODE_INTEGER_1 ? nextOf(function, flags) : NULL;
}

static bool isMethod(const Instruction *instruction, const Instruction *first)
{
	return instruction && instruction->code == XS_CODE_GET_LOCAL_1 && instruction->operand == first->operand;
}

/* The first leaves the prototype on the stack, the last takes it. */
static void keepPrototype(const Function *function, Instruction *first)
{
	Instruction *last = NULL;
	Instruction *next = behindMethod(function, first);
	while (isMethod(next, first)) {
		if (last)
			last->code = XS_CODE_DUB;
		last = next;
		next = behindMethod(function, next);
	}
	if (!last)
		return;
	last->code = XS_NO_CODE;
	first[1] = (Instruction){ .code = XS_CODE_DUB, .line = first->line };
}

void shortenClasses(Function *function)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->code != XS_CODE_CLASS)
			continue;
		Instruction *first = firstMethod(function, each);
		if (first && first->code == XS_CODE_GET_LOCAL_1)
			keepPrototype(function, first);
	}
}
