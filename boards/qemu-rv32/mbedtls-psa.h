// SPDX-License-Identifier: Apache-2.0

/* What PSA has to have on this board. mbedTLS derives from it which of its modules it needs. */

#ifndef PNE_MBEDTLS_PSA_H
#define PNE_MBEDTLS_PSA_H

#define PSA_WANT_KEY_TYPE_AES 1
#define PSA_WANT_KEY_TYPE_CHACHA20 1
#define PSA_WANT_KEY_TYPE_HMAC 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR 1
#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY 1

#define PSA_WANT_ALG_CCM 1
#define PSA_WANT_ALG_GCM 1
#define PSA_WANT_ALG_CHACHA20_POLY1305 1
#define PSA_WANT_ALG_HMAC 1
#define PSA_WANT_ALG_SHA_256 1
#define PSA_WANT_ALG_ECDH 1
#define PSA_WANT_ALG_ECDSA 1
#define PSA_WANT_ALG_DETERMINISTIC_ECDSA 1

#define PSA_WANT_ECC_SECP_R1_256 1
#define PSA_WANT_ECC_MONTGOMERY_255 1

#endif
