// SPDX-License-Identifier: Apache-2.0

/* `csr` instructions are outside rv32imac by name, and the toolchain has no library for rv32imac_zicsr. */

#ifndef PNE_CSR_H
#define PNE_CSR_H

#define CSR(text) ".option push\n.option arch, +zicsr\n" text "\n.option pop"

#endif
