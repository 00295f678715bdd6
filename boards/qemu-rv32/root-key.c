// SPDX-License-Identifier: Apache-2.0

/*
 * The root key lies in the same flash as what is sealed under it, under a name that no domain and key give. That is what
 * this board has: it stands for an eFuse.
 */

#include "../../firmware/native/root-key.h"
#include "flash-log.h"

#include <string.h>

static const char gName[] = "root-key";

RootKeyStatus rootKeyLoad(uint8_t key[ROOT_KEY_BYTES])
{
	size_t length;
	logOpen();
	const uint8_t *found = logFind(gName, &length);
	if (!found)
		return rootKeyNone;
	if (length != ROOT_KEY_BYTES)
		return rootKeyFailed;
	memcpy(key, found, ROOT_KEY_BYTES);
	return rootKeyFound;
}

int rootKeyKeep(const uint8_t key[ROOT_KEY_BYTES])
{
	return logWrite(gName, key, ROOT_KEY_BYTES);
}
