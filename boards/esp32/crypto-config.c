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
