// SPDX-License-Identifier: Apache-2.0

#include "code.h"
#include "forms.h"

/* 0, 1 and 2: an operand of 1, 2 and 4 bytes. */
static unsigned widthOf(const Instruction *instruction)
{
	switch (formOf(instruction->code)) {
	case COUNT:
	case PLACE: return instruction->operand > 0xff;
	case DATA: return instruction->dataLength > 0xffff ? 2 : instruction->dataLength > 0xff;
	default: {
		txS4 operand = instruction->operand;
		if (operand < -0x8000 || operand > 0x7fff)
			return 2;
		return operand < -0x80 || operand > 0x7f;
	}
	}
}

static unsigned lengthOf(const Instruction *instruction)
{
	if (instruction->code == XS_NO_CODE)
		return 0;
	if (familyOf(instruction->code))
		return 1 + (1u << widthOf(instruction)) + instruction->dataLength;
	return formOf(instruction->code) == NAME ? 1 + sizeof(txID) : (unsigned)gxCodeSizes[instruction->code];
}

static void place(Function *function)
{
	unsigned offset = 0;
	for (Instruction *each = function->first; each < function->end; each++) {
		each->offset = offset;
		offset += each->length + (each->body ? each->body->length : 0);
	}
	function->length = offset;
}

/* Returns whether a branch has become longer, which moves what is behind it. */
static bool lengthenBranches(Function *function)
{
	bool isLonger = false;
	for (Instruction *each = function->first; each < function->end; each++) {
		if (!each->target || each->code == XS_NO_CODE)
			continue;
		each->operand = (txS4)each->target->offset - (txS4)(each->offset + each->length);
		unsigned length = lengthOf(each);
		if (length <= each->length)
			continue;
		each->length = length;
		isLonger = true;
	}
	return isLonger;
}

void layOut(Function *function)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->body) {
			layOut(each->body);
			each->operand = (txS4)each->body->length;
		}
		if (each->target)
			each->operand = 0;
		each->length = lengthOf(each);
	}
	do
		place(function);
	while (lengthenBranches(function));
}

/* `length` bytes that are to stay as long as they are, though a shorter form would do. */
static unsigned placedWidth(const Instruction *instruction)
{
	unsigned operand = instruction->length - 1 - instruction->dataLength;
	return operand == 4 ? 2 : operand - 1;
}

static txByte *writeOperand(const Instruction *instruction, txByte *to)
{
	txU4 value = (txU4)instruction->operand;
	txU2 name = (txU2)value;
	unsigned width = 1;
	switch (formOf(instruction->code)) {
	case NO_OPERAND: return to;
	case FIXED: break;
	case NAME: memcpy(to, &name, sizeof(name)); return to + sizeof(name);
	case DATA: value = instruction->dataLength; /* fall through */
	default:
		width = familyOf(instruction->code) ? 1u << placedWidth(instruction) : 1;
		memcpy(to, &value, width);
		to += width;
	}
	if (instruction->dataLength)
		memcpy(to, instruction->data, instruction->dataLength);
	return to + instruction->dataLength;
}

void writeCode(const Function *function, txByte *to)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		if (each->code == XS_NO_CODE)
			continue;
		*to = (txByte)(each->code + (familyOf(each->code) ? placedWidth(each) : 0));
		to = writeOperand(each, to + 1);
		if (each->body) {
			writeCode(each->body, to);
			to += each->body->length;
		}
	}
}
