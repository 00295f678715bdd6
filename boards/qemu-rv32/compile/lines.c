// SPDX-License-Identifier: Apache-2.0

#include "lines.h"

/* A line number has 16 bits in the code. */
#define MAX_LINES 65536

typedef struct {
	unsigned bytes;
	unsigned constructors;
	unsigned functions;
	unsigned captures;
} Line;

static Line gLines[MAX_LINES];

/* The module's code makes a function for its body; what that one makes is made once. */
#define BODY_DEPTH 1

size_t instructionLength(const txByte *p)
{
	txS1 size = gxCodeSizes[(txU1)*p];
	txU4 length = 0;
	if (size > 0)
		return (size_t)size;
	if (size == 0)
		return 1 + sizeof(txID);
	memcpy(&length, p + 1, (size_t)-size);
	return 1 + (size_t)-size + length;
}

/* The bytes of the function whose code follows the instruction, 0 where none does. */
static size_t functionLength(const txByte *p)
{
	txU4 length = 0;
	switch ((txU1)*p) {
	case XS_CODE_CODE_1: memcpy(&length, p + 1, 1); break;
	case XS_CODE_CODE_2: memcpy(&length, p + 1, 2); break;
	case XS_CODE_CODE_4: memcpy(&length, p + 1, 4); break;
	default: break;
	}
	return length;
}

static unsigned lineAt(const txByte *p)
{
	txU2 line;
	memcpy(&line, p + 1, sizeof(line));
	return line;
}

/* A function begins on the first line that its code names; `outer` where it names none. */
static unsigned firstLine(const txByte *p, const txByte *end, unsigned outer)
{
	while (p < end) {
		if ((txU1)*p == XS_CODE_LINE)
			return lineAt(p);
		p += instructionLength(p);
	}
	return outer;
}

/* What only code with lines has. */
static int isForDebugger(const txByte *p)
{
	return (txU1)*p == XS_CODE_LINE || (txU1)*p == XS_CODE_FILE || (txU1)*p == XS_CODE_PROFILE;
}

static void countInstruction(const txByte *p, unsigned length, unsigned depth, Line *line)
{
	line->bytes += length;
	if (depth != BODY_DEPTH)
		return;
	switch ((txU1)*p) {
	case XS_CODE_CONSTRUCTOR_FUNCTION: line->constructors++; break;
	case XS_CODE_FUNCTION: line->functions++; break;
	case XS_CODE_STORE_1:
	case XS_CODE_STORE_2: line->captures++; break;
	default: break;
	}
}

/*
 * Around a nested function its own line counts: a hoisted one has no other. The body of the module begins with what
 * its one scope costs: that counts as line 0.
 */
static void countFunction(const txByte *p, const txByte *end, unsigned line, unsigned depth)
{
	unsigned linesSeen = 0;
	while (p < end) {
		const txByte *next = p + instructionLength(p);
		size_t nested = functionLength(p);
		if (nested)
			line = depth < BODY_DEPTH ? 0 : firstLine(next, next + nested, line);
		if ((txU1)*p == XS_CODE_LINE) {
			linesSeen++;
			line = depth == BODY_DEPTH && linesSeen == 1 ? 0 : lineAt(p);
		}
		else if (!isForDebugger(p))
			countInstruction(p, (unsigned)(next - p), depth, &gLines[line]);
		countFunction(next, next + nested, line, depth + 1);
		p = next + nested;
	}
}

void printLines(const txByte *code, txSize codeSize)
{
	countFunction(code, code + codeSize, 0, 0);
	for (unsigned i = 0; i < MAX_LINES; i++) {
		const Line *line = &gLines[i];
		if (line->bytes)
			printf("%u %u %u %u %u\n", i, line->bytes, line->constructors, line->functions, line->captures);
	}
}
