// SPDX-License-Identifier: Apache-2.0

/*
 * A program for root-key.c on a chip that is this file. tools/test/esp32.ts runs it.
 *
 *     root-key BLOCK NVS      the eFuse block with a key for HMAC, 0 for none; bytes in NVS, 0 for none
 *
 * Prints where the key came from: `hmac` and the number of the key, `nvs`, or `kept` where a key had to be kept and was
 * found again; `failed` where there is none to be had.
 */

#include "../root-key.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int gBlock;
static uint8_t gStored[64];
static size_t gStoredLength;
static int gIsOpen;
static int gIsWritable;
static int gIsCommitted = 1;

#if SOC_HMAC_SUPPORTED
bool esp_efuse_find_purpose(esp_efuse_purpose_t purpose, esp_efuse_block_t *block)
{
	*block = (esp_efuse_block_t)gBlock;
	return purpose == ESP_EFUSE_KEY_PURPOSE_HMAC_UP && gBlock != 0;
}

esp_err_t esp_hmac_calculate(hmac_key_id_t id, const void *message, size_t length, uint8_t *hmac)
{
	if (length != strlen("pne-runtime root key") || memcmp(message, "pne-runtime root key", length) != 0)
		return 1;
	memset(hmac, 0x80 + id, ROOT_KEY_BYTES);
	return ESP_OK;
}
#endif

esp_err_t nvs_open(const char *space, nvs_open_mode_t mode, nvs_handle_t *handle)
{
	if (strcmp(space, "root") != 0 || gIsOpen)
		return 1;
	if (mode == NVS_READONLY && !gStoredLength)
		return ESP_ERR_NVS_NOT_FOUND;
	gIsOpen = 1;
	gIsWritable = mode == NVS_READWRITE;
	*handle = 7;
	return ESP_OK;
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *value, size_t *length)
{
	if (handle != 7 || !gIsOpen || strcmp(key, "key") != 0)
		return 1;
	if (!gStoredLength)
		return ESP_ERR_NVS_NOT_FOUND;
	if (*length < gStoredLength)
		return ESP_ERR_NVS_INVALID_LENGTH;
	*length = gStoredLength;
	memcpy(value, gStored, gStoredLength);
	return ESP_OK;
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length)
{
	if (handle != 7 || !gIsWritable || strcmp(key, "key") != 0)
		return 1;
	memcpy(gStored, value, length);
	gStoredLength = length;
	gIsCommitted = 0;
	return ESP_OK;
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
	gIsCommitted = 1;
	return handle == 7 ? ESP_OK : 1;
}

void nvs_close(nvs_handle_t handle)
{
	gIsOpen = handle != 7;
}

static int isKeptAndFound(void)
{
	uint8_t key[ROOT_KEY_BYTES], found[ROOT_KEY_BYTES];
	memset(key, 0x33, sizeof(key));
	return rootKeyKeep(key) && gIsCommitted && rootKeyLoad(found) == rootKeyFound &&
		!memcmp(key, found, sizeof(key));
}

int main(int count, char *arguments[])
{
	uint8_t key[ROOT_KEY_BYTES] = { 0 };
	if (count != 3)
		return 2;
	gBlock = atoi(arguments[1]);
	gStoredLength = (size_t)atoi(arguments[2]);
	memset(gStored, 0x22, sizeof(gStored));
	RootKeyStatus status = rootKeyLoad(key);
	if (status == rootKeyNone)
		puts(isKeptAndFound() ? "kept" : "failed");
	else if (status == rootKeyFailed || gIsOpen)
		puts("failed");
	else if (key[0] == 0x22 && key[ROOT_KEY_BYTES - 1] == 0x22)
		puts("nvs");
	else
		printf("hmac %d\n", key[ROOT_KEY_BYTES - 1] - 0x80);
	return 0;
}
