// SPDX-License-Identifier: Apache-2.0

#ifndef PNE_NATIVES_H
#define PNE_NATIVES_H

/* Defines the globals `native`, `Native`, `trace` and `console`. */
void nativesInstall(txMachine *the);

#endif
