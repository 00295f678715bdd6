// SPDX-License-Identifier: Apache-2.0

#include "code.h"
#include "forms.h"

/* Behind each instruction there is room for one that is put in. */
#define STRIDE 2

/* Bytes of the operand of the instruction at `p`, or of the length of its data. */
static unsigned operandLength(const txByte *p)
{
	const Family *family = familyOf((txU1)*p);
	return family ? 1u << ((txU1)*p - family->first) : sizeof(txID);
}

static txS4 readSigned(const txByte *p, unsigned length)
{
	txU4 value = 0;
	memcpy(&value, p, length);
	unsigned unused = 32 - 8 * length;
	return (txS4)(value << unused) >> unused;
}

static txU4 readUnsigned(const txByte *p, unsigned length)
{
	txU4 value = 0;
	memcpy(&value, p, length);
	return value;
}

static txU4 instructionLength(const txByte *p)
{
	txU1 code = (txU1)*p;
	switch (formOf(code)) {
	case NAME: return 1 + sizeof(txID);
	case DATA: return 1 + operandLength(p) + readUnsigned(p + 1, operandLength(p));
	default: return (txU4)gxCodeSizes[code];
	}
}

static txU4 bodyLength(const txByte *p)
{
	return formOf((txU1)*p) == BODY ? readUnsigned(p + 1, operandLength(p)) : 0;
}

/* What only code with lines has. */
static bool isForDebugger(const txByte *p)
{
	return (txU1)*p == XS_CODE_LINE || (txU1)*p == XS_CODE_FILE || (txU1)*p == XS_CODE_PROFILE;
}

/* A function begins on the first line that its code names; `outer` where it names none. */
static unsigned firstLine(const txByte *p, const txByte *end, unsigned outer)
{
	for (; p < end; p += instructionLength(p)) {
		if ((txU1)*p == XS_CODE_LINE)
			return readUnsigned(p + 1, sizeof(txU2));
	}
	return outer;
}

static void readOperand(Instruction *to, const txByte *p)
{
	txU1 code = (txU1)*p;
	const Family *family = familyOf(code);
	unsigned length = operandLength(p);
	to->code = family ? family->first : code;
	switch (formOf(code)) {
	case NAME:
	case COUNT:
	case PLACE: to->operand = (txS4)readUnsigned(p + 1, length); break;
	case BYTE: to->operand = (txU1)p[1]; break;
	case INTEGER:
	case BRANCH: to->operand = readSigned(p + 1, length); break;
	case DATA:
		to->data = p + 1 + length;
		to->dataLength = readUnsigned(p + 1, length);
		break;
	case FIXED:
		to->data = p + 1;
		to->dataLength = instructionLength(p) - 1;
		break;
	default: break;
	}
}

static Function *readFunction(const txByte *p, const txByte *end, unsigned line, unsigned depth);

/* Where one has a body, `line` becomes that of the body: a hoisted function has no other. */
static const txByte *readInstruction(Instruction *to, const txByte *p, unsigned *line, unsigned depth)
{
	const txByte *next = p + instructionLength(p);
	readOperand(to, p);
	if (formOf((txU1)*p) == BODY) {
		const txByte *end = next + bodyLength(p);
		*line = depth < 1 ? 0 : firstLine(next, end, *line);
		to->body = readFunction(next, end, *line, depth + 1);
		next = end;
	}
	to->line = *line;
	return next;
}

/*
 * A branch counts from behind itself, which readFunction has left in `offset`. XS compiles a list that is a parameter,
 * `([a]) => a`, with one that leads out of the function and is never taken: it leads to the end here.
 */
static void findTargets(Function *function, Instruction *const *at, size_t size)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (formOf(each->code) != BRANCH)
			continue;
		size_t target = each->offset + (unsigned)each->operand;
		each->target = target < size ? at[target] : function->end - STRIDE;
	}
}

static Function *readFunction(const txByte *start, const txByte *end, unsigned line, unsigned depth)
{
	size_t size = (size_t)(end - start);
	Function *function = calloc(1, sizeof(*function));
	Instruction **at = calloc(size + 1, sizeof(*at));
	unsigned linesSeen = 0;
	function->first = function->end = calloc(size * STRIDE, sizeof(Instruction));
	for (const txByte *p = start; p < end;) {
		at[p - start] = function->end;
		if (isForDebugger(p)) {
			if ((txU1)*p == XS_CODE_LINE)
				line = depth == 1 && ++linesSeen == 1 ? 0 : readUnsigned(p + 1, sizeof(txU2));
			p += instructionLength(p);
			continue;
		}
		Instruction *instruction = function->end;
		function->end += STRIDE;
		const txByte *operands = p + instructionLength(p);
		p = readInstruction(instruction, p, &line, depth);
		instruction->offset = (unsigned)(operands - start);
	}
	findTargets(function, at, size);
	free(at);
	return function;
}

Function *readCode(const txByte *code, txSize codeSize)
{
	return readFunction(code, code + codeSize, 0, 0);
}

bool hasName(const Instruction *instruction)
{
	return instruction->code != XS_NO_CODE && formOf(instruction->code) == NAME;
}

bool hasPlace(const Instruction *instruction)
{
	return formOf(instruction->code) == PLACE;
}

void freeFunction(Function *function)
{
	for (Instruction *each = function->first; each < function->end; each++) {
		if (each->body)
			freeFunction(each->body);
	}
	free(function->first);
	free(function);
}

Instruction *nextOf(const Function *function, const Instruction *instruction)
{
	for (const Instruction *next = instruction + 1; next < function->end; next++) {
		if (next->code != XS_NO_CODE)
			return (Instruction *)next;
	}
	return NULL;
}

Instruction *previousOf(const Function *function, const Instruction *instruction)
{
	while (instruction-- > function->first) {
		if (instruction->code != XS_NO_CODE)
			return (Instruction *)instruction;
	}
	return NULL;
}

Instruction *followerOf(const Function *function, const Instruction *instruction)
{
	for (const Instruction *next = instruction + 1; next < function->end; next++) {
		if (next->isTarget)
			return NULL;
		if (next->code != XS_NO_CODE)
			return (Instruction *)next;
	}
	return NULL;
}
