// SPDX-License-Identifier: Apache-2.0

/*
 * A program for nimble.c on a stack that is this file: a central connects, is secured and is forgotten. Prints whether
 * there was a bond with it, what names the channel, in hexadecimal digits, or `undefined`, and whether it was unpaired
 * by then and at the end. tools/test/esp32.ts runs it.
 *
 *     channel HANDLE ENCRYPTED BONDED PRESENT SC KEY_SIZE FOREIGN LTK     numbers, the last one as digits
 */

#include "host/ble_gap.h"
#include "host/ble_store.h"
#include "xsmc.h"

#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void xs_pne_is_bonded(xsMachine *the);
void xs_pne_channel_binding(xsMachine *the);
void xs_pne_forget_bond(xsMachine *the);

static const ble_addr_t gPeer = { 1, { 1, 2, 3, 4, 5, 0xc0 } };
static int gHandle;
static struct ble_gap_sec_state gState;
static struct ble_store_value_sec gBond;
static int gUnpaired;

int ble_gap_conn_find(uint16_t handle, struct ble_gap_conn_desc *connection)
{
	if (handle != gHandle)
		return 7;
	connection->sec_state = gState;
	connection->peer_id_addr = gPeer;
	return 0;
}

int ble_gap_terminate(uint16_t handle, uint8_t reason)
{
	return handle != gHandle || reason != BLE_ERR_REM_USER_CONN_TERM;
}

/* Nobody else's bond is erased. */
int ble_gap_unpair(const ble_addr_t *peer)
{
	static const ble_addr_t nobody;
	if (memcmp(peer, &nobody, sizeof(ble_addr_t)) == 0)
		return 3;
	if (memcmp(peer, &gPeer, sizeof(ble_addr_t)) != 0)
		exit(3);
	gUnpaired = 1;
	return 0;
}

/* An index would skip the bond that there is. */
int ble_store_read_our_sec(const struct ble_store_key_sec *key, struct ble_store_value_sec *bond)
{
	if (key->idx != 0 || memcmp(&key->peer_addr, &gBond.peer_addr, sizeof(ble_addr_t)) != 0)
		return 5;
	*bond = gBond;
	return 0;
}

void keepResult(xsMachine *the, const void *bytes, size_t length)
{
	memcpy(the->kept, bytes, length);
	the->bytes = the->kept;
	the->length = length;
}

static void readKey(const char *digits)
{
	for (size_t at = 0; at < sizeof(gBond.ltk); at++) {
		const char octet[] = { digits[2 * at], digits[2 * at + 1], 0 };
		gBond.ltk[at] = (uint8_t)strtoul(octet, NULL, 16);
	}
}

int main(int count, char *arguments[])
{
	xsMachine machine = { 0 };
	if (count != 9 || strlen(arguments[8]) != 2 * sizeof(gBond.ltk) || psa_crypto_init() != PSA_SUCCESS)
		return 2;
	gHandle = atoi(arguments[1]);
	gState.encrypted = arguments[2][0] == '1';
	gState.bonded = arguments[3][0] == '1';
	gBond.ltk_present = arguments[4][0] == '1';
	gBond.sc = arguments[5][0] == '1';
	gBond.key_size = (uint8_t)atoi(arguments[6]);
	gBond.peer_addr = gPeer;
	gBond.peer_addr.val[0] += (uint8_t)atoi(arguments[7]);
	readKey(arguments[8]);
	xs_pne_is_bonded(&machine);
	printf("%d ", machine.isTrue);
	xs_pne_channel_binding(&machine);
	if (machine.bytes == NULL)
		printf("undefined");
	for (size_t at = 0; at < machine.length; at++)
		printf("%02x", machine.kept[at]);
	printf(" %d", gUnpaired);
	xs_pne_forget_bond(&machine);
	printf(" %d", gUnpaired);
	gUnpaired = 0;
	xs_pne_forget_bond(&machine);
	printf(" %d\n", gUnpaired);
	return 0;
}
