// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_NATIVES_H
#define PNE_NATIVES_H

/* Defines the globals `native` and `Native`, where the SDK's linker has not bound them. */
void nativesInstall(txMachine *the);

/* Defines the globals `trace` and `console`. */
void consoleInstall(txMachine *the);

/* Pops the top of the stack into a global. */
void globalSet(txMachine *the, const char *name);

#endif
