// SPDX-License-Identifier: Apache-2.0

/* What embedded:storage/key-value stands on: the log in flash, with `domain/key` as names. */

#include "xsmc.h"
#include "flash-log.h"

/* NVS's limit for keys and domains. */
#define NAME_LENGTH 15

_Static_assert(LOG_NAME_MAX >= 2 * NAME_LENGTH + 1, "a domain, a slash and a key");

/* Copies the argument's string where it is a name of 1 to 15 characters, else throws. Returns its end. */
static char *nameArgument(xsMachine *the, int index, char *name)
{
	const char *value = xsmcToString(xsArg(index));
	size_t length = strlen(value);
	if (length == 0 || length > NAME_LENGTH || value[0] == '.' || strchr(value, '/'))
		xsRangeError("key-value: a name has 1 to 15 characters, no slash and no dot in front");
	memcpy(name, value, length + 1);
	return name + length;
}

static void pathArgument(xsMachine *the, char path[LOG_NAME_MAX + 1])
{
	char *end = nameArgument(the, 0, path);
	*end = '/';
	nameArgument(the, 1, end + 1);
}

/* open(domain). */
void xs_keyvalue_open(xsMachine *the)
{
	char domain[NAME_LENGTH + 1];
	nameArgument(the, 0, domain);
	logOpen();
}

/* read(domain, key): ArrayBuffer, or undefined. */
void xs_keyvalue_read(xsMachine *the)
{
	char path[LOG_NAME_MAX + 1];
	size_t length;
	pathArgument(the, path);
	const uint8_t *value = logFind(path, &length);
	if (value)
		xsmcSetArrayBuffer(xsResult, (void *)value, (xsIntegerValue)length);
}

/* write(domain, key, buffer). */
void xs_keyvalue_write(xsMachine *the)
{
	char path[LOG_NAME_MAX + 1];
	void *bytes;
	xsUnsignedValue length;
	pathArgument(the, path);
	xsmcGetBufferReadable(xsArg(2), &bytes, &length);
	if (!logWrite(path, bytes, length))
		xsUnknownError("key-value: the flash is full");
}

/* delete(domain, key): a key that is not there is no error. */
void xs_keyvalue_delete(xsMachine *the)
{
	char path[LOG_NAME_MAX + 1];
	pathArgument(the, path);
	if (!logDelete(path))
		xsUnknownError("key-value: the flash is full");
}
