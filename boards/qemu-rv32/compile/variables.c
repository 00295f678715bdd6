// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"

/* What declares the variable at `place` where the function begins, NULL where another branch may. */
static Instruction *declarationOf(const Function *function, txS4 place)
{
	txS4 count = 0;
	for (Instruction *each = function->first; each < function->end; each++) {
		switch (each->code) {
		case XS_CODE_RETRIEVE_1: count += each->operand; break;
		case XS_CODE_NEW_CLOSURE:
		case XS_CODE_NEW_LOCAL:
		case XS_CODE_NEW_TEMPORARY:
			if (++count == place)
				return each;
			break;
		case XS_CODE_NEW_PRIVATE_1:
		case XS_CODE_UNWIND_1: return NULL;
		default: break;
		}
		if (each->isTarget || each->target)
			return NULL;
	}
	return NULL;
}

/* Whether `setter` alone gives the variable a value, and no function keeps it. */
static bool isOnlyRead(const Function *function, txS4 place, const Instruction *setter)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		if (each != setter && hasPlace(each) && each->operand == place && each->code != XS_CODE_GET_LOCAL_1)
			return false;
	}
	return true;
}

/* The variable is gone: those behind it move up. */
static void removePlace(Function *function, txS4 place)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->code == XS_CODE_RESERVE_1)
			each->operand--;
		else if (hasPlace(each) && each->operand > place)
			each->operand--;
	}
}

static void readArgument(Function *function, txS4 place, txS4 argument)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (!hasPlace(each) || each->operand != place)
			continue;
		each->code = XS_CODE_ARGUMENT;
		each->operand = argument;
	}
	removePlace(function, place);
}

/* ARGUMENT, VAR_LOCAL, POP copy a parameter into a variable. */
static void dropCopy(Function *function, Instruction *argument)
{
	Instruction *setter = followerOf(function, argument);
	Instruction *pop = setter ? followerOf(function, setter) : NULL;
	if (!pop || setter->code != XS_CODE_VAR_LOCAL_1 || pop->code != XS_CODE_POP)
		return;
	txS4 place = setter->operand;
	Instruction *declaration = declarationOf(function, place);
	if (!declaration || declaration->code != XS_CODE_NEW_LOCAL || !isOnlyRead(function, place, setter))
		return;
	declaration->code = XS_NO_CODE;
	setter->code = XS_NO_CODE;
	pop->code = XS_NO_CODE;
	argument->code = XS_NO_CODE;
	readArgument(function, place, argument->operand);
}

/* A name and a state `uninitialized` are for messages about faults that the type checker has excluded. */
static void forgetName(Instruction *instruction)
{
	switch (instruction->code) {
	case XS_CODE_NEW_LOCAL: instruction->code = XS_CODE_NEW_TEMPORARY; break;
	case XS_CODE_CONST_LOCAL_1:
	case XS_CODE_LET_LOCAL_1: instruction->code = XS_CODE_VAR_LOCAL_1; break;
	case XS_CODE_REFRESH_LOCAL_1:
	case XS_CODE_RESET_LOCAL_1: instruction->code = XS_NO_CODE; break;
	default: break;
	}
}

/* It has a value from the start then, and can be set by what takes the value from the stack. */
static void joinPops(Function *function)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		Instruction *next = followerOf(function, each);
		if (each->code != XS_CODE_VAR_LOCAL_1 || !next || next->code != XS_CODE_POP)
			continue;
		each->code = XS_CODE_PULL_LOCAL_1;
		next->code = XS_NO_CODE;
	}
}

static void dropReserve(Function *function)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->code == XS_CODE_RESERVE_1 && each->operand == 0)
			each->code = XS_NO_CODE;
	}
}

void shortenVariables(Function *function)
{
	markTargets(function);
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->code == XS_CODE_ARGUMENT)
			dropCopy(function, each);
	}
	for (Instruction *each = function->first; each < function->end; each++)
		forgetName(each);
	joinPops(function);
	dropReserve(function);
}
