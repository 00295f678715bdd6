// SPDX-License-Identifier: Apache-2.0

/* The functions of the native crypto provider that TypeScript can name: X(name), sorted by name. */

#ifndef PNE_CRYPTO_NATIVES_H
#define PNE_CRYPTO_NATIVES_H

#define PNE_CRYPTO_NATIVES(X) \
	X(xs_pnecrypto_aeadKey) \
	X(xs_pnecrypto_agree) \
	X(xs_pnecrypto_decompress) \
	X(xs_pnecrypto_expand) \
	X(xs_pnecrypto_expandSecret) \
	X(xs_pnecrypto_extract) \
	X(xs_pnecrypto_failed) \
	X(xs_pnecrypto_generateKey) \
	X(xs_pnecrypto_hash) \
	X(xs_pnecrypto_highest) \
	X(xs_pnecrypto_length) \
	X(xs_pnecrypto_mac) \
	X(xs_pnecrypto_macKey) \
	X(xs_pnecrypto_next) \
	X(xs_pnecrypto_open) \
	X(xs_pnecrypto_privateKey) \
	X(xs_pnecrypto_privateKeyOf) \
	X(xs_pnecrypto_privateSecret) \
	X(xs_pnecrypto_protect) \
	X(xs_pnecrypto_protectInto) \
	X(xs_pnecrypto_protectNested) \
	X(xs_pnecrypto_random) \
	X(xs_pnecrypto_recipient) \
	X(xs_pnecrypto_refusal) \
	X(xs_pnecrypto_reserve) \
	X(xs_pnecrypto_rootKey) \
	X(xs_pnecrypto_seal) \
	X(xs_pnecrypto_secret) \
	X(xs_pnecrypto_seen) \
	X(xs_pnecrypto_sender) \
	X(xs_pnecrypto_sign) \
	X(xs_pnecrypto_unprotect) \
	X(xs_pnecrypto_unprotectNested) \
	X(xs_pnecrypto_unwrap) \
	X(xs_pnecrypto_verify) \
	X(xs_pnecrypto_wipe) \
	X(xs_pnecrypto_wrap)

#endif
