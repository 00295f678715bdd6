// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_COMPILE_OBJECTS_H
#define PNE_COMPILE_OBJECTS_H

#include "optimize.h"

/* `object` makes one, and may be that of a literal; those in it come first. */
void shortenObject(const Function *function, Instruction *object, const Names *names);

#endif
