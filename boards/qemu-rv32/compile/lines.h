// SPDX-License-Identifier: Apache-2.0

/* compile --lines BUNDLE: what each line of a bundle costs. */

#ifndef PNE_COMPILE_LINES_H
#define PNE_COMPILE_LINES_H

#include "code.h"

/*
 * Prints, for each line that has any: its number, the bytes of code that it compiles to, and what the module's
 * body makes of it when it runs: functions with a `prototype`, functions without, and the variables that they
 * capture. Line 0 is what all of them together cost. The code must have been made with mxDebugFlag, and be laid out.
 */
void printLines(const Function *function);

#endif
