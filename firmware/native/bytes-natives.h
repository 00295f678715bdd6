// SPDX-License-Identifier: Apache-2.0

/* The functions over bytes that TypeScript can name: X(name), sorted by name. */

#ifndef PNE_BYTES_NATIVES_H
#define PNE_BYTES_NATIVES_H

#define PNE_BYTES_NATIVES(X) \
	X(xs_pnebytes_compare) \
	X(xs_pnebytes_concat) \
	X(xs_pnebytes_copy) \
	X(xs_pnebytes_cutFragment) \
	X(xs_pnebytes_decodeFlat) \
	X(xs_pnebytes_decodeText) \
	X(xs_pnebytes_encodeFlat) \
	X(xs_pnebytes_encodeText) \
	X(xs_pnebytes_float) \
	X(xs_pnebytes_isText) \
	X(xs_pnebytes_withHead) \
	X(xs_pnebytes_withoutHead)

#endif
