// SPDX-License-Identifier: Apache-2.0

/* mbedTLS 2.28 for this board: what the native crypto provider asks for through PSA, and what that stands on. */

#ifndef PNE_MBEDTLS_CONFIG_H
#define PNE_MBEDTLS_CONFIG_H

/* Memory comes from the C library's heap, which c-heap.c bounds. */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE "mbedtls-psa.h"

#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_NIST_OPTIM
/* A table for the base point would be made anew for each key: PSA keeps none. */
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0

/* AES's tables in flash. */
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_CIPHER_C

/* PSA's randomness: AES in counter mode, seeded by entropy.c. */
#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_ENTROPY_FORCE_SHA256
#define MBEDTLS_ENTROPY_HARDWARE_ALT
#define MBEDTLS_NO_PLATFORM_ENTROPY

#include <mbedtls/config_psa.h>
#include <mbedtls/check_config.h>

#endif
