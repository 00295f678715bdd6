// SPDX-License-Identifier: Apache-2.0

/* True randomness. There is no fallback: a source that fails throws. */

#include "xsmc.h"

#include <errno.h>
#include <sys/random.h>

/* Returns 0 when all bytes were filled. */
static int fillRandom(uint8_t *bytes, xsUnsignedValue length)
{
	while (length > 0) {
		ssize_t count = getrandom(bytes, length, 0);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return -1;
		bytes += count;
		length -= (xsUnsignedValue)count;
	}
	return 0;
}

/* fillRandom(buffer): fills an ArrayBuffer, Uint8Array or DataView. */
void xs_pne_fillRandom(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	if (fillRandom(bytes, length) < 0)
		xsUnknownError("no randomness");
}
