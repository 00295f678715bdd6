// SPDX-License-Identifier: Apache-2.0

/* What the GATT server of the Moddable SDK leaves out, on NimBLE. A board has one connection at most. */

#include "xsmc.h"

#include "../../firmware/native/mac.h"

#include <mbedtls/platform_util.h>
#include <string.h>

#include "nimble/ble.h"
#include "host/ble_gap.h"
#include "host/ble_store.h"

/* Above every handle that the controller gives: they begin at 0 or 1, and connections are few. */
#define HANDLES 16

enum { LTK_BYTES = 16, BINDING_BYTES = 16 };

/* BLE_BINDING_LABEL of src/link/ble.ts. */
static const char gLabel[] = "CPNS-1 over Bluetooth LE: channel binding";

/* terminate(): ends every connection. Where there is none by a handle, NimBLE says so and does nothing. */
void xs_pne_terminate(xsMachine *the)
{
	(void)the;
	for (uint16_t handle = 0; handle < HANDLES; handle++)
		ble_gap_terminate(handle, BLE_ERR_REM_USER_CONN_TERM);
}

/*
 * Who the present connection was secured with. NimBLE forgets that with the connection. Nobody is the address of zeros,
 * which NimBLE unpairs from nobody.
 */
static ble_addr_t gSecuredWith;

static int isConnected(struct ble_gap_conn_desc *connection)
{
	for (uint16_t handle = 0; handle < HANDLES; handle++) {
		if (ble_gap_conn_find(handle, connection) == 0)
			return 1;
	}
	return 0;
}

/* The caller wipes it. */
static int readStored(const ble_addr_t *peer, struct ble_store_value_sec *bond)
{
	struct ble_store_key_sec key;
	memset(&key, 0, sizeof(key));
	key.peer_addr = *peer;
	return ble_store_read_our_sec(&key, bond) == 0;
}

/* NimBLE has the key as HCI carries it. */
static int isOfBond(const struct ble_gap_conn_desc *connection, const struct ble_store_value_sec *bond)
{
	if (!connection->sec_state.encrypted || !connection->sec_state.bonded)
		return 0;
	return bond->ltk_present && bond->key_size == LTK_BYTES;
}

static int bindingOf(const uint8_t ltk[LTK_BYTES], uint8_t mac[MAC_BYTES])
{
	MacKey key;
	memset(&key, 0, sizeof(key));
	psa_status_t status = macSetKey(&key, ltk, LTK_BYTES);
	if (status == PSA_SUCCESS)
		status = macCompute(&key, (const uint8_t *)gLabel, sizeof(gLabel) - 1, mac);
	macClose(&key);
	return status == PSA_SUCCESS;
}

/*
 * channelBinding(): an ArrayBuffer that names the channel, as src/link/ble.ts says, or undefined where the connection
 * is not encrypted by the key of a bond from LE Secure Connections. The key stays here. NimBLE requires those where it is
 * compiled so (manifests/sdkconfig) and has no switch for it: a bond from an older pairing ends here, with its connection.
 */
void xs_pne_channel_binding(xsMachine *the)
{
	struct ble_gap_conn_desc connection;
	struct ble_store_value_sec bond;
	uint8_t mac[MAC_BYTES];
	if (!isConnected(&connection))
		return;
	gSecuredWith = connection.peer_id_addr;
	if (!readStored(&gSecuredWith, &bond))
		return;
	if (!bond.sc)
		ble_gap_unpair(&gSecuredWith);
	else if (isOfBond(&connection, &bond) && bindingOf(bond.ltk, mac))
		xsmcSetArrayBuffer(xsResult, mac, BINDING_BYTES);
	mbedtls_platform_zeroize(&bond, sizeof(bond));
}

/* isBonded(): whether there is a bond with the central that has connected, of whatever kind. Asked once for each. */
void xs_pne_is_bonded(xsMachine *the)
{
	struct ble_gap_conn_desc connection;
	struct ble_store_value_sec bond;
	int bonded = isConnected(&connection) && readStored(&connection.peer_id_addr, &bond);
	memset(&gSecuredWith, 0, sizeof(gSecuredWith));
	mbedtls_platform_zeroize(&bond, sizeof(bond));
	xsmcSetBoolean(xsResult, bonded);
}

/* forgetBond(): erases the bond that the connection was secured by. Where that is there still, it ends. */
void xs_pne_forget_bond(xsMachine *the)
{
	(void)the;
	ble_gap_unpair(&gSecuredWith);
	memset(&gSecuredWith, 0, sizeof(gSecuredWith));
}
