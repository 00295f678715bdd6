// SPDX-License-Identifier: Apache-2.0

/* The console of an ESP32: UART0, which the ROM has set up, at 115,200 baud. In a debug image it is xsbug's. */

#include "xsmc.h"

#include <esp_rom_serial_output.h>

/* print(text): as it is, without a line end. It waits for the line: a person reads it, and it is short. */
void xs_pne_print(xsMachine *the)
{
	const char *text = xsmcToString(xsArg(0));
#ifdef mxDebug
	xsTrace(text);
#else
	for (; *text; text++) {
		if (*text == '\n')
			esp_rom_output_tx_one_char('\r');
		esp_rom_output_tx_one_char((uint8_t)*text);
	}
#endif
}
