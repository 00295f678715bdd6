// SPDX-License-Identifier: Apache-2.0

/* Interrupts of devices. They end the hart's sleep and are not taken. */

#ifndef PNE_INTERRUPTS_H
#define PNE_INTERRUPTS_H

void interruptEnable(unsigned source);

/* Takes note of all that are pending. Devices are asked after this, so that none of their work is missed. */
void interruptsAcknowledge(void);

#endif
