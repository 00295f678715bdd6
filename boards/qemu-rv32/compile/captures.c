// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"

/* Functions nest no deeper where a variable of the outermost is looked for. */
#define MAX_DEPTH 16

static bool setsClosure(const Instruction *instruction)
{
	switch (instruction->code) {
	case XS_CODE_CONST_CLOSURE_1:
	case XS_CODE_LET_CLOSURE_1:
	case XS_CODE_VAR_CLOSURE_1: return true;
	default: return false;
	}
}

/* What alone gives the variable its value, NULL where something else does too, or it may be used before. */
static Instruction *onlySetter(const Function *function, txS4 place)
{
	Instruction *setter = NULL;
	for (Instruction *each = function->first; each < function->end; each++) {
		if (!hasPlace(each) || each->operand != place)
			continue;
		bool isUse = each->code == XS_CODE_GET_CLOSURE_1 || each->code == XS_CODE_STORE_1;
		if (setter ? !isUse : !setsClosure(each))
			return NULL;
		setter = setter ? setter : each;
	}
	return setter;
}

/* Whether it is run once, whatever the function does: no branch leads over it, and none back. */
static bool isAlwaysRun(const Function *function, const Instruction *setter)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		if (!each->target)
			continue;
		if (each < setter ? each->target > setter : each->target <= setter)
			return false;
	}
	return true;
}

/*
 * The function that keeps what the STORE stores, and the place that it has there: functions retrieve what they keep
 * in the order in which it was stored behind ENVIRONMENT. NULL where it is no function's.
 */
static Function *keeperOf(const Function *function, Instruction *store, txS4 *place)
{
	Instruction *each = store;
	for (*place = 0; each->code == XS_CODE_STORE_1; each = previousOf(function, each))
		++*place;
	if (each->code != XS_CODE_ENVIRONMENT)
		return NULL;
	return previousOf(function, each)->body;
}

/* Whether the function and those in it that keep the variable too do nothing but read it. */
static bool isOnlyRead(const Function *function, txS4 place, const Instruction *setter, int depth)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each == setter || !hasPlace(each) || each->operand != place)
			continue;
		if (each->code == XS_CODE_GET_CLOSURE_1)
			continue;
		txS4 inner;
		Function *keeper = each->code == XS_CODE_STORE_1 ? keeperOf(function, each, &inner) : NULL;
		if (!keeper || depth == MAX_DEPTH || !isOnlyRead(keeper, inner, NULL, depth + 1))
			return false;
	}
	return true;
}

static void keepValue(Function *function, txS4 place)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (!hasPlace(each) || each->operand != place)
			continue;
		if (each->code != XS_CODE_STORE_1) {
			each->code = each->code == XS_CODE_GET_CLOSURE_1 ? XS_CODE_GET_LOCAL_1 : XS_CODE_VAR_LOCAL_1;
			continue;
		}
		txS4 inner;
		Function *keeper = keeperOf(function, each, &inner);
		keepValue(keeper, inner);
	}
}

void shortenCaptures(Function *function)
{
	markTargets(function);
	txS4 place = 0;
	for (Instruction *each = function->first; each < function->end && !each->target && !each->isTarget; each++) {
		if (each->code == XS_CODE_UNWIND_1 || each->code == XS_CODE_NEW_PRIVATE_1)
			return;
		if (each->code == XS_CODE_RETRIEVE_1)
			place += each->operand;
		if (each->code == XS_CODE_NEW_LOCAL || each->code == XS_CODE_NEW_TEMPORARY)
			place++;
		if (each->code != XS_CODE_NEW_CLOSURE)
			continue;
		const Instruction *setter = onlySetter(function, ++place);
		if (!setter || !isAlwaysRun(function, setter) || !isOnlyRead(function, place, setter, 0))
			continue;
		each->code = XS_CODE_NEW_LOCAL;
		keepValue(function, place);
	}
}
