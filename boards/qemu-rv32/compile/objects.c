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

/* A class has its prototype from the same instruction, and its variable from an earlier one. */
bool isObject(const Function *function, const Instruction *instruction)
{
	if (instruction->code != XS_CODE_OBJECT)
		return instruction->code == XS_CODE_INSTANTIATE;
	const Instruction *last = previousOf(function, instruction);
	return last && last->code == XS_CODE_NEW_TEMPORARY;
}

bool isFlags(const Function *function, const Instruction *instruction)
{
	const Instruction *property = instruction->code == XS_CODE_INTEGER_1 ? previousOf(function, instruction) : NULL;
	return property && (property->code == XS_CODE_NEW_PROPERTY || property->code == XS_CODE_NEW_PROPERTY_AT);
}

/*
 * What is defined in an object that has just been made can be assigned to it, which takes less, in bytes and in time.
 * `flags` is behind it: 0 where it is a value alone.
 */
static void assign(Instruction *property, Instruction *flags, const Names *names)
{
	bool isPlain = property->code == XS_CODE_NEW_PROPERTY && flags->operand == 0;
	if (!isPlain || isInherited(names->texts[property->operand]))
		return;
	property->code = XS_CODE_SET_PROPERTY;
	flags->code = XS_CODE_POP;
}

Instruction *endOfLiteral(const Function *function, const Instruction *made)
{
	txS4 declared = 1;
	for (Instruction *each = nextOf(function, made); each; each = nextOf(function, each)) {
		if (each->code == XS_CODE_NEW_TEMPORARY || each->code == XS_CODE_NEW_LOCAL || each->code == XS_CODE_NEW_CLOSURE)
			declared++;
		if (each->code == XS_CODE_UNWIND_1)
			declared -= each->operand;
		if (declared <= 0)
			return each;
	}
	return NULL;
}

/* OBJECT, SET_LOCAL, and for each property GET_LOCAL, the value, NEW_PROPERTY, INTEGER; at last UNWIND. */
void shortenObject(const Function *function, Instruction *object, const Names *names, bool isPreloaded)
{
	Instruction *made = followerOf(function, object);
	Instruction *end = made && made->code == XS_CODE_SET_LOCAL_1 ? endOfLiteral(function, made) : NULL;
	if (!end)
		return;
	bool isAssigned = isPreloaded && object->code == XS_CODE_OBJECT;
	for (Instruction *each = nextOf(function, made);; each = nextOf(function, each)) {
		Instruction *last = previousOf(function, each);
		bool isOnStack = last == made || isFlags(function, last);
		bool isUse = each->code == XS_CODE_GET_LOCAL_1 && each->operand == made->operand;
		if (isOnStack && isUse)
			each->code = XS_CODE_DUB;
		if (isOnStack && last != made && isAssigned && (isUse || each == end))
			assign(previousOf(function, last), last, names);
		if (each == end)
			return;
	}
}
