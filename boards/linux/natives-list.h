// SPDX-License-Identifier: Apache-2.0

/* Every C function and destructor that TypeScript can name on this board: X(name), sorted by name. */

#ifndef PNE_NATIVES_LIST_H
#define PNE_NATIVES_LIST_H

/* The native crypto provider, where the PSA Crypto API is there to build it (makefile). */
#if PNE_NATIVE
#define PNE_CRYPTO_NATIVES(X) \
	X(xs_pnecrypto_aeadKey) \
	X(xs_pnecrypto_agree) \
	X(xs_pnecrypto_expand) \
	X(xs_pnecrypto_expandSecret) \
	X(xs_pnecrypto_extract) \
	X(xs_pnecrypto_generateKey) \
	X(xs_pnecrypto_hash) \
	X(xs_pnecrypto_length) \
	X(xs_pnecrypto_mac) \
	X(xs_pnecrypto_macKey) \
	X(xs_pnecrypto_open) \
	X(xs_pnecrypto_privateKey) \
	X(xs_pnecrypto_random) \
	X(xs_pnecrypto_seal) \
	X(xs_pnecrypto_secret) \
	X(xs_pnecrypto_sign) \
	X(xs_pnecrypto_verify) \
	X(xs_pnecrypto_wipe)
#else
#define PNE_CRYPTO_NATIVES(X)
#endif

#define PNE_NATIVES(X) \
	X(xs_keyvalue_delete) \
	X(xs_keyvalue_open) \
	X(xs_keyvalue_read) \
	X(xs_keyvalue_write) \
	X(xs_pne_fillRandom) \
	X(xs_pne_heap) \
	X(xs_pne_microseconds) \
	PNE_CRYPTO_NATIVES(X) \
	X(xs_tcp_close) \
	X(xs_tcp_constructor) \
	X(xs_tcp_read) \
	X(xs_tcp_write) \
	X(xs_timer_clear) \
	X(xs_timer_set)

#define PNE_DESTRUCTORS(X) \
	X(xs_tcp_destructor)

#endif
