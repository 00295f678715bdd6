// SPDX-License-Identifier: Apache-2.0

/*
 * Whether C is compiled with the crypto library's own configuration, and whether that has what a PNE needs. The library
 * is ESP-IDF's and compiled by it; this and all other C of ours is compiled by mcconfig, with what
 * manifests/crypto-native.json says. Structures that both use have other sizes where the two differ.
 */

#include <psa/crypto.h>

#if !defined(MBEDTLS_CONFIG_FILE) || !defined(TF_PSA_CRYPTO_USER_CONFIG_FILE) || !defined(ESP_CONFIG_H)
#error "The crypto library has another configuration: see C_FLAGS_SUBPLATFORM in manifests/crypto-native.json"
#endif

#if !defined(MBEDTLS_MAJOR_VERSION) || MBEDTLS_MAJOR_VERSION != 4
#error "These images are for mbedTLS 4, which ESP-IDF has from v6.0 on"
#endif

#if !defined(PSA_WANT_ALG_CCM) || !defined(PSA_WANT_ALG_CHACHA20_POLY1305) || !defined(PSA_WANT_ALG_GCM)
#error "An AEAD is off in the crypto library: see manifests/sdkconfig"
#endif

#if !defined(PSA_WANT_ALG_SHA_256) || !defined(PSA_WANT_ALG_ECDH) || !defined(PSA_WANT_ALG_ECDSA)
#error "SHA-256, ECDH or ECDSA is off in the crypto library: see manifests/sdkconfig"
#endif

#if !defined(PSA_WANT_ECC_SECP_R1_256) || !defined(PSA_WANT_ECC_MONTGOMERY_255)
#error "P-256 or X25519 is off in the crypto library: see manifests/sdkconfig"
#endif

#if CONFIG_SOC_SHA_SUPPORTED && !defined(ESP_SHA_DRIVER_ENABLED)
#error "SHA-256 is left to software on a chip that has hardware for it: see manifests/sdkconfig"
#endif

#if CONFIG_SOC_AES_SUPPORTED && !defined(ESP_AES_DRIVER_ENABLED)
#error "AES is left to software on a chip that has hardware for it: see manifests/sdkconfig"
#endif

#if CONFIG_SOC_MPI_SUPPORTED && !defined(MBEDTLS_MPI_MUL_MPI_ALT)
#error "Long numbers are left to software on a chip that has hardware for them: see manifests/sdkconfig"
#endif

#if CONFIG_SOC_ECC_SUPPORTED && !defined(MBEDTLS_ECP_MUL_ALT_SOFT_FALLBACK)
#error "P-256 is left to software on a chip that has hardware for it: see manifests/sdkconfig"
#endif
