// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_SERIAL_H
#define PNE_SERIAL_H

/* Calls back where bytes came or there is room for more, with `settle` after each. Returns whether any was. */
int serialRun(void (*settle)(void *machine), void *machine);

/* Whether a port is open, so that bytes may come. */
int serialIsOpen(void);

#endif
