// SPDX-License-Identifier: Apache-2.0

/* Every C function and destructor that TypeScript can name on this board: X(name), sorted by name. */

#ifndef PNE_NATIVES_LIST_H
#define PNE_NATIVES_LIST_H

#include "../../firmware/native/bench-natives.h"
#include "../../firmware/native/bytes-natives.h"
#include "../../firmware/native/crypto-natives.h"
#include "../../firmware/native/payload-natives.h"

/* In images of the benchmark alone. */
#if !PNE_BENCH
#undef PNE_BENCH_NATIVES
#define PNE_BENCH_NATIVES(X)
#endif

#define PNE_NATIVES(X) \
	X(xs_keyvalue_delete) \
	X(xs_keyvalue_open) \
	X(xs_keyvalue_read) \
	X(xs_keyvalue_write) \
	X(xs_pne_engine) \
	X(xs_pne_fillRandom) \
	X(xs_pne_heap) \
	X(xs_pne_instructions) \
	X(xs_pne_microseconds) \
	PNE_BENCH_NATIVES(X) \
	PNE_BYTES_NATIVES(X) \
	PNE_CRYPTO_NATIVES(X) \
	PNE_PAYLOAD_NATIVES(X) \
	X(xs_serial_close) \
	X(xs_serial_constructor) \
	X(xs_serial_read) \
	X(xs_serial_write) \
	X(xs_timer_clear) \
	X(xs_timer_set)

#define PNE_DESTRUCTORS(X) \
	X(xs_serial_destructor)

#endif
