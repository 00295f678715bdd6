// SPDX-License-Identifier: Apache-2.0

#include "objects.h"
#include "optimize.h"

/*
 * [a, b] as the compiler has it: ARRAY, SET_LOCAL, then its length is set and `fill` called; then for each element
 * GET_LOCAL, INTEGER, AT, the element, SET_PROPERTY_AT, POP; at last UNWIND.
 */
#define HEAD_LENGTH 12
#define PREFIX_LENGTH 3
#define MAX_ELEMENTS 16

typedef struct {
	Instruction *head[HEAD_LENGTH];
	Instruction *prefix[MAX_ELEMENTS][PREFIX_LENGTH];
	/* SET_PROPERTY_AT behind each element, in front of POP. */
	Instruction *suffix[MAX_ELEMENTS];
	Instruction *end;
	txS4 place;
	txS4 count;
} List;

static bool hasHead(const Function *function, Instruction *first, const Names *names, List *list)
{
	static const txU1 head[HEAD_LENGTH] = {
		XS_CODE_ARRAY, XS_CODE_SET_LOCAL_1,
		XS_CODE_GET_LOCAL_1, XS_CODE_INTEGER_1, XS_CODE_SET_PROPERTY, XS_CODE_POP,
		XS_CODE_GET_LOCAL_1, XS_CODE_DUB, XS_CODE_GET_PROPERTY, XS_CODE_CALL, XS_CODE_RUN_1, XS_CODE_POP
	};
	Instruction *each = first;
	for (int i = 0; i < HEAD_LENGTH; i++) {
		if (!each || each->code != head[i])
			return false;
		list->head[i] = each;
		each = followerOf(function, each);
	}
	list->place = list->head[1]->operand;
	list->count = list->head[3]->operand;
	list->end = endOfLiteral(function, list->head[1]);
	return list->head[4]->operand == names->length && list->head[8]->operand == names->fill
		&& list->count <= MAX_ELEMENTS;
}

/* Whether an element begins here: the place is read for nothing else. */
static bool beginsElement(const Function *function, Instruction *each, List *list, txS4 index)
{
	static const txU1 prefix[PREFIX_LENGTH] = { XS_CODE_GET_LOCAL_1, XS_CODE_INTEGER_1, XS_CODE_AT };
	txS4 operands[PREFIX_LENGTH] = { list->place, index, 0 };
	for (int i = 0; i < PREFIX_LENGTH; i++) {
		if (!each || each->code != prefix[i] || each->operand != operands[i])
			return false;
		list->prefix[index][i] = each;
		each = nextOf(function, each);
	}
	return true;
}

static bool endsElement(const Function *function, const Instruction *each)
{
	const Instruction *pop = each->code == XS_CODE_SET_PROPERTY_AT ? followerOf(function, each) : NULL;
	return pop && pop->code == XS_CODE_POP;
}

/* Behind it the next element begins, or the list ends. */
static bool isLast(const Function *function, Instruction *suffix, List *list, txS4 index)
{
	Instruction *after = nextOf(function, nextOf(function, suffix));
	if (index + 1 < list->count)
		return beginsElement(function, after, list, index + 1);
	return after == list->end;
}

/* False where another list is in it that has been left, as one with holes. */
static bool findElements(const Function *function, List *list)
{
	Instruction *each = nextOf(function, list->head[HEAD_LENGTH - 1]);
	if (!beginsElement(function, each, list, 0))
		return false;
	for (txS4 index = 0; index < list->count; each = nextOf(function, each)) {
		if (!each || each == list->end || each->code == XS_CODE_ARRAY)
			return false;
		if (endsElement(function, each) && isLast(function, each, list, index))
			list->suffix[index++] = each;
	}
	return true;
}

static void leaveOut(Instruction *const *instructions, int count)
{
	for (int i = 0; i < count; i++)
		instructions[i]->code = XS_NO_CODE;
}

/* One element: a list of no length takes it by assignment, which finds nothing in Array.prototype. */
static void makeOne(const List *list)
{
	leaveOut(list->head + 1, HEAD_LENGTH - 1);
	list->prefix[0][0]->code = XS_CODE_DUB;
}

/* More: `new Array(a, b)`. A single number would be a length there. */
static void makeByConstructor(const Function *function, const List *list, const Names *names)
{
	leaveOut(list->head, HEAD_LENGTH);
	list->head[0]->code = XS_CODE_GLOBAL;
	list->head[1]->code = XS_CODE_GET_VARIABLE;
	list->head[1]->operand = names->array;
	list->head[2]->code = XS_CODE_NEW;
	for (txS4 i = 0; i < list->count; i++) {
		leaveOut(list->prefix[i], PREFIX_LENGTH);
		nextOf(function, list->suffix[i])->code = XS_NO_CODE;
		list->suffix[i]->code = XS_NO_CODE;
	}
	Instruction *last = list->suffix[list->count - 1];
	last->code = XS_CODE_RUN_1;
	last->operand = list->count;
}

static void shortenList(const Function *function, Instruction *first, const Names *names, bool isPreloaded)
{
	List list;
	if (!hasHead(function, first, names, &list) || !findElements(function, &list))
		return;
	if (list.count == 1 && isPreloaded)
		makeOne(&list);
	else if (list.count > 1 && names->array)
		makeByConstructor(function, &list, names);
}

/* From the end, as what lies in another comes first then. */
void shortenLiterals(Function *function, const Names *names, bool isPreloaded)
{
	markTargets(function);
	for (Instruction *each = function->end; each-- > function->first;) {
		if (each->code == XS_CODE_ARRAY)
			shortenList(function, each, names, isPreloaded);
		if (isObject(function, each))
			shortenObject(function, each, names, isPreloaded);
	}
}
