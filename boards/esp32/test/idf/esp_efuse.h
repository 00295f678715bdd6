// SPDX-License-Identifier: Apache-2.0

/* Of ESP-IDF's esp_efuse.h, what root-key.c names. */

#ifndef TEST_ESP_EFUSE_H
#define TEST_ESP_EFUSE_H

#include <stdbool.h>

typedef enum { EFUSE_BLK_KEY0 = 4 } esp_efuse_block_t;
typedef enum { ESP_EFUSE_KEY_PURPOSE_HMAC_UP = 8 } esp_efuse_purpose_t;

bool esp_efuse_find_purpose(esp_efuse_purpose_t purpose, esp_efuse_block_t *block);

#endif
