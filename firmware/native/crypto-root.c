// SPDX-License-Identifier: Apache-2.0

#include "crypto.h"
#include "root-key.h"

/* Draws a key where the board has none yet. */
static int loadOrMake(uint8_t key[ROOT_KEY_BYTES])
{
	RootKeyStatus status = rootKeyLoad(key);
	if (status != rootKeyNone)
		return status == rootKeyFound;
	return psa_generate_random(key, ROOT_KEY_BYTES) == PSA_SUCCESS && rootKeyKeep(key);
}

/* rootKey(): the device's root key as a secret. */
void xs_pnecrypto_rootKey(xsMachine *the)
{
	CryptoHandle *secret = cryptoCreate(the, kindSecret, ROOT_KEY_BYTES);
	if (loadOrMake(secret->data))
		return;
	cryptoDiscard(the, secret);
	xsUnknownError("crypto: the board has no root key");
}
