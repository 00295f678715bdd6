// SPDX-License-Identifier: Apache-2.0

#include "objects.h"

/* What assignments would find in Object.prototype, where it cannot be assigned to once that is frozen. */
static const char *const gInherited[] = {
	"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor",
	"hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
};

static bool isInherited(const char *name)
{
	for (size_t i = 0; i < sizeof(gInherited) / sizeof(*gInherited); i++) {
		if (!strcmp(gInherited[i], name))
			return true;
	}
	return false;
}

static Instruction *lastBefore(Instruction *instruction)
{
	do
		instruction--;
	while (instruction->code == XS_NO_CODE);
	return instruction;
}

static bool defines(const Instruction *instruction)
{
	return instruction->code == XS_CODE_NEW_PROPERTY || instruction->code == XS_CODE_NEW_PROPERTY_AT;
}

/*
 * What is defined in an object that has just been made can be assigned to it, which takes less, in bytes and in time.
 * `flags` is behind it: 0 where it is a value alone.
 */
static void assign(const Instruction *object, Instruction *flags, const Names *names)
{
	Instruction *property = lastBefore(flags);
	bool isPlain = object->code == XS_CODE_OBJECT && property->code == XS_CODE_NEW_PROPERTY
		&& flags->code == XS_CODE_INTEGER_1 && flags->operand == 0;
	if (!isPlain || isInherited(names->texts[property->operand]))
		return;
	property->code = XS_CODE_SET_PROPERTY;
	flags->code = XS_CODE_POP;
}

/* The UNWIND of the object's own variable. */
static Instruction *endOf(const Function *function, const Instruction *from)
{
	txS4 declared = 1;
	for (Instruction *each = nextOf(function, from); each; each = nextOf(function, each)) {
		if (each->code == XS_CODE_NEW_TEMPORARY || each->code == XS_CODE_NEW_LOCAL || each->code == XS_CODE_NEW_CLOSURE)
			declared++;
		if (each->code == XS_CODE_UNWIND_1)
			declared -= each->operand;
		if (declared <= 0)
			return each;
	}
	return NULL;
}

/* Whether the object is on top of the stack: behind what made it, or behind another property. */
static bool isProperty(Instruction *use, const Instruction *made)
{
	Instruction *last = lastBefore(use);
	return last == made || (last->code == XS_CODE_INTEGER_1 && defines(lastBefore(last)));
}

/* OBJECT, SET_LOCAL, and for each property GET_LOCAL, the value, NEW_PROPERTY, INTEGER; at last UNWIND. */
void shortenObject(const Function *function, Instruction *object, const Names *names)
{
	Instruction *made = followerOf(function, object);
	Instruction *each = made ? followerOf(function, made) : NULL;
	if (!each || made->code != XS_CODE_SET_LOCAL_1 || each->code != XS_CODE_GET_LOCAL_1
		|| each->operand != made->operand)
		return;
	Instruction *end = endOf(function, made);
	for (; each && each != end; each = nextOf(function, each)) {
		if (each->code != XS_CODE_GET_LOCAL_1 || each->operand != made->operand || !isProperty(each, made))
			continue;
		each->code = XS_CODE_DUB;
		if (lastBefore(each) != made)
			assign(object, lastBefore(each), names);
	}
	if (end && defines(lastBefore(lastBefore(end))))
		assign(object, lastBefore(end), names);
}
