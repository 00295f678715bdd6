// SPDX-License-Identifier: Apache-2.0

/* Test code: what nimble.c uses of XS. The result is what it was set to, if it was. */

#ifndef TEST_XSMC_H
#define TEST_XSMC_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	const void *bytes;
	size_t length;
	uint8_t kept[64];
	int isTrue;
} xsMachine;

void keepResult(xsMachine *the, const void *bytes, size_t length);

#define xsmcSetBoolean(RESULT, VALUE) (the->isTrue = (VALUE))
#define xsmcSetArrayBuffer(RESULT, BYTES, LENGTH) keepResult(the, BYTES, LENGTH)

#endif
