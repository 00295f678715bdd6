// SPDX-License-Identifier: Apache-2.0

/* What follows each instruction in the engine's code. */

#ifndef PNE_COMPILE_FORMS_H
#define PNE_COMPILE_FORMS_H

#include "xsScript.h"

typedef enum { NO_OPERAND, NAME, BYTE, COUNT, PLACE, INTEGER, BRANCH, BODY, DATA, FIXED } Form;

/* Instructions that differ in the width of their operand alone, 1, 2 and 4 bytes, have codes in sequence. */
typedef struct {
	txU1 first;
	txU1 last;
	Form form;
} Family;

/* NULL where there is one width. */
const Family *familyOf(txU1 code);

Form formOf(txU1 code);

#endif
