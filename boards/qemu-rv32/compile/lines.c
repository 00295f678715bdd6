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

static void countFunction(const Function *function, unsigned depth)
{
	for (const Instruction *each = function->first; each < function->end; each++) {
		Line *line = &gLines[each->line];
		line->bytes += each->length;
		if (each->body)
			countFunction(each->body, depth + 1);
		if (depth != BODY_DEPTH)
			continue;
		switch (each->code) {
		case XS_CODE_CONSTRUCTOR_FUNCTION: line->constructors++; break;
		case XS_CODE_FUNCTION: line->functions++; break;
		case XS_CODE_STORE_1: line->captures++; break;
		default: break;
		}
	}
}

void printLines(const Function *function)
{
	countFunction(function, 0);
	for (unsigned i = 0; i < MAX_LINES; i++) {
		const Line *line = &gLines[i];
		if (line->bytes)
			printf("%u %u %u %u %u\n", i, line->bytes, line->constructors, line->functions, line->captures);
	}
}
