// SPDX-License-Identifier: Apache-2.0

/* The functions that start the plain C programs of the benchmark: X(name), sorted by name. */

#ifndef PNE_BENCH_NATIVES_H
#define PNE_BENCH_NATIVES_H

#define PNE_BENCH_NATIVES(X) \
	X(xs_pnebench_bytes) \
	X(xs_pnebench_count) \
	X(xs_pnebench_now) \
	X(xs_pnebench_op) \
	X(xs_pnebench_rate) \
	X(xs_pnebench_run) \
	X(xs_pnebench_unit)

#endif
