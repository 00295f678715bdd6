// SPDX-License-Identifier: Apache-2.0

#include "optimize.h"

/* NEW_TEMPORARY, NEW_TEMPORARY, DUB, TO_INSTANCE, PULL_LOCAL: the compiler takes a value apart by a variable. */
#define START_LENGTH 5
/* UNWIND of both, POP of the value. */
#define END_LENGTH 2
#define TEMPORARIES 2

typedef struct {
	Instruction *start[START_LENGTH];
	Instruction *end[END_LENGTH];
	/* The place of the value; the other one is behind it. */
	txS4 place;
	/* The last use of it. */
	Instruction *last;
} Pattern;

static bool startsAt(const Function *function, Instruction *first, Pattern *pattern)
{
	static const txU1 start[START_LENGTH] = {
		XS_CODE_NEW_TEMPORARY, XS_CODE_NEW_TEMPORARY, XS_CODE_DUB, XS_CODE_TO_INSTANCE, XS_CODE_PULL_LOCAL_1
	};
	Instruction *each = first;
	for (int i = 0; i < START_LENGTH; i++) {
		if (!each || each->code != start[i])
			return false;
		pattern->start[i] = each;
		pattern->place = each->operand;
		each = followerOf(function, each);
	}
	return true;
}

/* Whether the value is on top of the stack where it is asked for: behind the start, or a statement of the pattern. */
static bool isUse(const Pattern *pattern, const Instruction *use, const Instruction *before)
{
	return use->code == XS_CODE_GET_LOCAL_1 && use->operand == pattern->place
		&& (before == pattern->start[START_LENGTH - 1] || before->code == XS_CODE_POP);
}

static bool endsAt(const Function *function, Instruction *each, Pattern *pattern)
{
	pattern->end[0] = each;
	pattern->end[1] = followerOf(function, each);
	return each->code == XS_CODE_UNWIND_1 && each->operand == TEMPORARIES
		&& pattern->end[1] && pattern->end[1]->code == XS_CODE_POP;
}

/* False where something is in it that is not looked for here, as a rest, or a pattern that has been left. */
static bool findEnd(const Function *function, Pattern *pattern)
{
	Instruction *before = pattern->start[START_LENGTH - 1];
	for (Instruction *each = nextOf(function, before); each; each = nextOf(function, each)) {
		if (endsAt(function, each, pattern))
			return pattern->last != NULL;
		if (each->code == XS_CODE_NEW_TEMPORARY || each->code == XS_CODE_UNWIND_1)
			return false;
		if (hasPlace(each) && each->operand >= pattern->place && each->operand < pattern->place + TEMPORARIES) {
			if (!isUse(pattern, each, before))
				return false;
			pattern->last = each;
		}
		before = each;
	}
	return false;
}

static void leaveOut(Instruction *const *list, int count)
{
	for (int i = 0; i < count; i++)
		list[i]->code = XS_NO_CODE;
}

/* The last use takes the value from the stack. */
static void keepOnStack(const Pattern *pattern)
{
	for (Instruction *each = pattern->start[START_LENGTH - 1] + 1; each < pattern->end[0]; each++) {
		if (!hasPlace(each))
			continue;
		if (each->operand == pattern->place)
			each->code = XS_CODE_DUB;
		else if (each->operand >= pattern->place + TEMPORARIES)
			each->operand -= TEMPORARIES;
	}
	pattern->last->code = XS_NO_CODE;
	leaveOut(pattern->start, START_LENGTH);
	leaveOut(pattern->end, END_LENGTH);
}

/* From the end, as patterns in patterns come first then. */
void shortenPatterns(Function *function)
{
	markTargets(function);
	for (Instruction *each = function->end; each-- > function->first;) {
		Pattern pattern = { .last = NULL };
		if (startsAt(function, each, &pattern) && findEnd(function, &pattern))
			keepOnStack(&pattern);
	}
}
