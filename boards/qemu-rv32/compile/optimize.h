// SPDX-License-Identifier: Apache-2.0

/*
 * Makes the code of a function shorter without changing what it does. It trusts that the bundle has been type-checked:
 * that no constant is assigned to, and no variable used before its declaration, is not looked for any more.
 */

#ifndef PNE_COMPILE_OPTIMIZE_H
#define PNE_COMPILE_OPTIMIZE_H

#include "code.h"

/* The names in the code by their ids, and ids of some; 0 where it has no such name. */
typedef struct {
	const char **texts;
	txS4 array;
	txS4 fill;
	txS4 length;
} Names;

/*
 * Of the function and of all that it makes. `isPreloaded`: nothing but classes is called with `new`, and the prototypes of
 * objects and lists have nothing but what the engine put there (bundle.c).
 */
void optimize(Function *function, const Names *names, bool isPreloaded);

/* [a, b] and { a, b } are not kept in a variable while they are made (literals.c). */
void shortenLiterals(Function *function, const Names *names, bool isPreloaded);

/* The methods of a class are put where it lies on the stack (classes.c). */
void shortenClasses(Function *function);

/* A function keeps the value of a variable that is set once, instead of the variable (captures.c). */
void shortenCaptures(Function *function);

/* `const { a, b } = value`: the value stays on the stack instead of in a variable of its own (patterns.c). */
void shortenPatterns(Function *function);

/* Parameters are used where the caller put them, variables need no name (variables.c). */
void shortenVariables(Function *function);

/* Arrow functions that do not use `this` do not keep it (arrows.c). */
void shortenArrows(Function *function);

/* Branches to branches, and what two neighbours do that one can do (neighbours.c). */
void shortenNeighbours(Function *function);

/* Variables need not be declared, and those that nobody reads not be kept (frames.c). */
void shortenFrame(Function *function, bool isPreloaded);

/* Notes where branches lead to: each of the above asks for it first. */
void markTargets(Function *function);

/* Whether it is stopped and continued, or can be looked into by name: that is left as it is. */
bool isPlain(const Function *function);

#endif
