// SPDX-License-Identifier: Apache-2.0

#include "objects.h"
#include "optimize.h"

/* What a branch to `target` comes to first. */
static Instruction *landing(const Function *function, Instruction *target)
{
	return target->code == XS_NO_CODE ? nextOf(function, target) : target;
}

static bool isCondition(const Instruction *instruction)
{
	return instruction->code == XS_CODE_BRANCH_ELSE_1 || instruction->code == XS_CODE_BRANCH_IF_1;
}

/* A branch to a branch leads where that one does. A loop of nothing but branches is left. */
static void passOn(const Function *function, Instruction *branch)
{
	Instruction *there = landing(function, branch->target);
	if (there->code == XS_CODE_BRANCH_1 && there != branch && there->target != branch->target)
		branch->target = there->target;
}

/*
 * DUB, BRANCH_ELSE, POP is how `a && b` keeps the value of `a`, BRANCH_IF how `a || b` does. Where it leads to what
 * asks for the value alone, as `if (a && b)`, it goes where that goes.
 */
static void shortenLogic(const Function *function, Instruction *dub)
{
	Instruction *branch = followerOf(function, dub);
	Instruction *pop = branch ? followerOf(function, branch) : NULL;
	if (!pop || !isCondition(branch) || pop->code != XS_CODE_POP)
		return;
	Instruction *there = landing(function, branch->target);
	if (!isCondition(there))
		return;
	branch->target = there->code == branch->code ? there->target : there + 1;
	branch->target->isTarget = true;
	dub->code = XS_NO_CODE;
	pop->code = XS_NO_CODE;
}

static void invert(Instruction *branch)
{
	branch->code = branch->code == XS_CODE_BRANCH_IF_1 ? XS_CODE_BRANCH_ELSE_1 : XS_CODE_BRANCH_IF_1;
}

/* A branch to what comes next anyway; over another branch, the two are one with the opposite condition. */
static void skipNothing(const Function *function, Instruction *branch)
{
	Instruction *next = nextOf(function, branch);
	Instruction *there = landing(function, branch->target);
	if (there == next && branch->code == XS_CODE_BRANCH_1)
		branch->code = XS_NO_CODE;
	else if (there == next && isCondition(branch))
		branch->code = XS_CODE_POP;
	else if (isCondition(branch) && next->code == XS_CODE_BRANCH_1 && there == nextOf(function, next)
		&& followerOf(function, branch)) {
		invert(branch);
		branch->target = next->target;
		next->code = XS_NO_CODE;
	}
}

static void joinPop(Instruction *setter, Instruction *next, txU1 pull)
{
	if (next->code != XS_CODE_POP)
		return;
	setter->code = pull;
	next->code = XS_NO_CODE;
}

/* It takes what is left on the stack with it. */
static bool endsFunction(const Instruction *instruction)
{
	return XS_CODE_END <= instruction->code && instruction->code <= XS_CODE_END_DERIVED;
}

static void joinFollower(const Function *function, Instruction *each, Instruction *next)
{
	switch (each->code) {
	case XS_CODE_NOT:
		if (!isCondition(next))
			break;
		each->code = XS_NO_CODE;
		invert(next);
		break;
	case XS_CODE_INTEGER_1:
		if (next->code != XS_CODE_VOID || isFlags(function, each))
			break;
		each->code = XS_CODE_UNDEFINED;
		next->code = XS_NO_CODE;
		break;
	case XS_CODE_PROGRAM_REFERENCE:
		/* There are modules alone: what is in no scope of theirs is global. */
		if (next->code == XS_CODE_GET_VARIABLE || next->code == XS_CODE_GET_THIS_VARIABLE)
			each->code = XS_CODE_GLOBAL;
		break;
	case XS_CODE_POP:
		if (endsFunction(next))
			each->code = XS_NO_CODE;
		break;
	case XS_CODE_SET_CLOSURE_1: joinPop(each, next, XS_CODE_PULL_CLOSURE_1); break;
	case XS_CODE_SET_LOCAL_1: joinPop(each, next, XS_CODE_PULL_LOCAL_1); break;
	case XS_CODE_PULL_LOCAL_1:
		if (next->code != XS_CODE_GET_LOCAL_1 || next->operand != each->operand)
			break;
		each->code = XS_CODE_SET_LOCAL_1;
		next->code = XS_NO_CODE;
		break;
	default: break;
	}
}

void shortenNeighbours(Function *function)
{
	markTargets(function);
	for (Instruction *each = function->end; each-- > function->first;) {
		if (each->code == XS_CODE_DUB)
			shortenLogic(function, each);
		if (each->target && each->code != XS_NO_CODE) {
			passOn(function, each);
			skipNothing(function, each);
		}
	}
	markTargets(function);
	for (Instruction *each = function->first; each < function->end; each++) {
		for (txU1 code = XS_NO_CODE; each->code != code;) {
			code = each->code;
			Instruction *next = followerOf(function, each);
			if (next)
				joinFollower(function, each, next);
		}
	}
}
