// SPDX-License-Identifier: Apache-2.0

/* Of ESP-IDF's esp_hmac.h, what root-key.c names. */

#ifndef TEST_ESP_HMAC_H
#define TEST_ESP_HMAC_H

#include "nvs.h"

typedef enum { HMAC_KEY0 = 0 } hmac_key_id_t;

esp_err_t esp_hmac_calculate(hmac_key_id_t id, const void *message, size_t length, uint8_t *hmac);

#endif
