// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_COMPILE_OBJECTS_H
#define PNE_COMPILE_OBJECTS_H

#include "optimize.h"

/* The UNWIND of the variable of a literal, behind what sets it. */
Instruction *endOfLiteral(const Function *function, const Instruction *made);

/* Whether it makes that of a literal. */
bool isObject(const Function *function, const Instruction *instruction);

/* Whether it is no number to be pushed, but says how the property in front of it is defined. */
bool isFlags(const Function *function, const Instruction *instruction);

/* `object` makes that of a literal; those in it come first. */
void shortenObject(const Function *function, Instruction *object, const Names *names, bool isPreloaded);

#endif
