// SPDX-License-Identifier: Apache-2.0

/* The functions of the native payload codec that TypeScript can name: X(name), sorted by name. */

#ifndef PNE_PAYLOAD_NATIVES_H
#define PNE_PAYLOAD_NATIVES_H

#define PNE_PAYLOAD_NATIVES(X) \
	X(xs_pnepayload_decode) \
	X(xs_pnepayload_encode) \
	X(xs_pnepayload_pack) \
	X(xs_pnepayload_withNames)

#endif
