// SPDX-License-Identifier: Apache-2.0

/*
 * Plain C programs that do what the benchmark's operations do (firmware/bench/operations.ts): what JavaScript is
 * measured against. The native provider's own C, without XS. In images of the benchmark alone.
 */

#ifndef PNE_BENCH_H
#define PNE_BENCH_H

#include <psa/crypto.h>
#include <stddef.h>
#include <stdint.h>

/* Readings in one run of gBenchTogether: figures are of one. */
enum { BENCH_MAX_BYTES = 1024, BENCH_TOGETHER = 16 };

/* One operation, by the name and the length that it has in JavaScript. */
typedef struct BenchProgram {
	const char *op;
	size_t bytes;
	/* COSE number of what it computes with, 0 where there is no choice. */
	int algorithm;
	/* Keys and inputs; not measured. */
	psa_status_t (*open)(const struct BenchProgram *program);
	psa_status_t (*run)(const struct BenchProgram *program);
	void (*close)(void);
} BenchProgram;

extern const BenchProgram gBenchRecords[];
extern const size_t gBenchRecordCount;
extern const BenchProgram gBenchReading[];
extern const size_t gBenchReadingCount;
extern const BenchProgram gBenchGroup[];
extern const size_t gBenchGroupCount;
extern const BenchProgram gBenchTogether[];
extern const size_t gBenchTogetherCount;
extern const BenchProgram gBenchSymmetric[];
extern const size_t gBenchSymmetricCount;
extern const BenchProgram gBenchCurves[];
extern const size_t gBenchCurveCount;

/* 1, 2, 3 ... */
void benchFill(uint8_t *bytes, size_t length);

#endif
