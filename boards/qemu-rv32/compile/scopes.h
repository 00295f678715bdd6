// SPDX-License-Identifier: Apache-2.0

/* Which variable each instruction of a function is about. */

#ifndef PNE_COMPILE_SCOPES_H
#define PNE_COMPILE_SCOPES_H

#include "code.h"

typedef struct Variable Variable;

/* From the place where it is declared to the UNWIND behind its scope. */
struct Variable {
	/* The one declared before it in the same or a scope around it. */
	Variable *outer;
	/* Of a local variable: its number among those of the function, from 0. */
	unsigned index;
	/* Its place as the compiler has counted, from 1. */
	txS4 place;
	/* Whether functions keep it: such a one is declared by NEW_CLOSURE or RETRIEVE. */
	bool isClosure;
	/* How often it is read; closures are not counted. */
	unsigned reads;
};

typedef struct {
	Variable *variables;
	unsigned count;
	unsigned locals;
	/* For each instruction, the variable declared last before it. */
	Variable **before;
	/* For each instruction that has a place, whose it is. */
	Variable **of;
	/* Whether a call in place of a return leaves the function for good. */
	bool leavesByTail;
} Scopes;

/* False where it cannot be told: nothing is to be freed then. `leavesByTail` has been set. */
bool readScopes(const Function *function, Scopes *scopes);

void freeScopes(Scopes *scopes);

/* Whether no path leads to the instruction. */
bool isDead(const Function *function, const Scopes *scopes, const Instruction *instruction);

/* Whether the next instruction is not run after this one. */
bool endsPath(const Scopes *scopes, const Instruction *instruction);

#endif
