// SPDX-License-Identifier: Apache-2.0

/* What the GATT server of the Moddable SDK leaves out, on NimBLE. */

#include "xsmc.h"

#include "nimble/ble.h"
#include "host/ble_gap.h"

/* Above every handle that the controller gives: they begin at 0 or 1, and connections are few. */
#define HANDLES 16

/* terminate(): ends every connection. Where there is none by a handle, NimBLE says so and does nothing. */
void xs_pne_terminate(xsMachine *the)
{
	(void)the;
	for (uint16_t handle = 0; handle < HANDLES; handle++)
		ble_gap_terminate(handle, BLE_ERR_REM_USER_CONN_TERM);
}
