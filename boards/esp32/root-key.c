// SPDX-License-Identifier: Apache-2.0

/*
 * The root key of an ESP32 board. Where the chip has an HMAC peripheral (S3, C3, C6) and a key for it was burnt, it is
 * the HMAC of a label of ours under that key, which no software can read (ESP-IDF, "Hash-Based Message Authentication
 * Code"). Nothing here burns a key: that cannot be taken back, and is done with espefuse (`burn_key ... HMAC_UP`).
 * Elsewhere it is a random key in NVS, which keeps out nobody who reads the flash unless that or NVS is encrypted.
 */

#include "../../firmware/native/root-key.h"

#include <nvs.h>
#include <soc/soc_caps.h>

#define SPACE "root"
#define KEY "key"

#if SOC_HMAC_SUPPORTED
#include <esp_efuse.h>
#include <esp_hmac.h>

static const char gLabel[] = "pne-runtime root key";

static RootKeyStatus loadFromEfuse(uint8_t key[ROOT_KEY_BYTES])
{
	esp_efuse_block_t block;
	if (!esp_efuse_find_purpose(ESP_EFUSE_KEY_PURPOSE_HMAC_UP, &block))
		return rootKeyNone;
	hmac_key_id_t id = (hmac_key_id_t)(HMAC_KEY0 + (block - EFUSE_BLK_KEY0));
	return esp_hmac_calculate(id, gLabel, sizeof(gLabel) - 1, key) == ESP_OK ? rootKeyFound : rootKeyFailed;
}
#else
static RootKeyStatus loadFromEfuse(uint8_t key[ROOT_KEY_BYTES])
{
	(void)key;
	return rootKeyNone;
}
#endif

static RootKeyStatus loadFromNvs(uint8_t key[ROOT_KEY_BYTES])
{
	nvs_handle_t space;
	size_t length = ROOT_KEY_BYTES;
	esp_err_t status = nvs_open(SPACE, NVS_READONLY, &space);
	if (status == ESP_ERR_NVS_NOT_FOUND)
		return rootKeyNone;
	if (status != ESP_OK)
		return rootKeyFailed;
	status = nvs_get_blob(space, KEY, key, &length);
	nvs_close(space);
	if (status == ESP_ERR_NVS_NOT_FOUND)
		return rootKeyNone;
	return status == ESP_OK && length == ROOT_KEY_BYTES ? rootKeyFound : rootKeyFailed;
}

RootKeyStatus rootKeyLoad(uint8_t key[ROOT_KEY_BYTES])
{
	RootKeyStatus status = loadFromEfuse(key);
	return status == rootKeyNone ? loadFromNvs(key) : status;
}

int rootKeyKeep(const uint8_t key[ROOT_KEY_BYTES])
{
	nvs_handle_t space;
	if (nvs_open(SPACE, NVS_READWRITE, &space) != ESP_OK)
		return 0;
	int isKept = nvs_set_blob(space, KEY, key, ROOT_KEY_BYTES) == ESP_OK && nvs_commit(space) == ESP_OK;
	nvs_close(space);
	return isKept;
}
