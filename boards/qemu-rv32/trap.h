// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_TRAP_H
#define PNE_TRAP_H

/* From here on an access that the machine refuses ends the program, and says where. */
void trapStart(void);

/* From here on a write to flash is such an access, as on a device. */
void trapFlashWrites(void);

#endif
