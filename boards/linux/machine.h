// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_MACHINE_H
#define PNE_MACHINE_H

/* Makes the machine, where a board has its modules from: modules.c here. NULL where memory does not suffice. */
txMachine *machineCreate(txCreation *creation);

#endif
