// SPDX-License-Identifier: Apache-2.0

/* The engine's bytecode as instructions that can be changed, and back. */

#ifndef PNE_COMPILE_CODE_H
#define PNE_COMPILE_CODE_H

#include "xsScript.h"

typedef struct Function Function;
typedef struct Instruction Instruction;

struct Instruction {
	/* Of those that differ in the width of their operand alone the first; XS_NO_CODE where it is left out. */
	txU1 code;
	/* Whether a branch leads here: to the next one, where this one is left out. */
	bool isTarget;
	/* An index, a count, a number or the id of a name. */
	txS4 operand;
	/* A string or another long operand, in the code that was read. */
	const txByte *data;
	txU4 dataLength;
	/* Of a branch. */
	Instruction *target;
	/* Of XS_CODE_CODE_1: what the function made just before runs. */
	Function *body;
	/* The line of the bundle that it is from, where the code names lines. */
	unsigned line;
	/* Where it is written, from the start of its function, and how many bytes it takes without its body. */
	unsigned offset;
	unsigned length;
};

struct Function {
	/* Behind each instruction that was read lies one that is left out, and can be used. */
	Instruction *first;
	Instruction *end;
	/* Bytes, when written. */
	unsigned length;
};

/* Reads code, which has to stay as long as the function. What only debuggers need is left out. */
Function *readCode(const txByte *code, txSize codeSize);

/* Gives each instruction its place and the shortest form that does. */
void layOut(Function *function);

/* Writes what has been laid out. */
void writeCode(const Function *function, txByte *to);

void freeFunction(Function *function);

/* The next instruction that is not left out; NULL at the end. */
Instruction *nextOf(const Function *function, const Instruction *instruction);

/* The one before; NULL at the start. */
Instruction *previousOf(const Function *function, const Instruction *instruction);

/* The next one, where nothing but `instruction` leads to it; NULL else. */
Instruction *followerOf(const Function *function, const Instruction *instruction);

/* Whether its operand is the id of a name. */
bool hasName(const Instruction *instruction);

/* Whether its operand is the place of a variable in its function's frame. */
bool hasPlace(const Instruction *instruction);

#endif
