// SPDX-License-Identifier: Apache-2.0

/* The plain C programs of the benchmark, for JavaScript to start: the clock is read in C, around C alone. */

#include "bench-clock.h"
#include "bench.h"

#include "xsmc.h"

void benchFill(uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i + 1);
}

static const struct {
	const BenchProgram *programs;
	const size_t *count;
	/* How many of what is measured one run does. */
	int parts;
} gGroups[] = {
	{ gBenchRecords, &gBenchRecordCount, 1 },
	{ gBenchReading, &gBenchReadingCount, 1 },
	{ gBenchTogether, &gBenchTogetherCount, BENCH_TOGETHER },
	{ gBenchGroup, &gBenchGroupCount, 1 },
	{ gBenchSymmetric, &gBenchSymmetricCount, 1 },
	{ gBenchCurves, &gBenchCurveCount, 1 },
};
enum { GROUPS = sizeof(gGroups) / sizeof(gGroups[0]) };

static const BenchProgram *programAt(size_t index, int *parts)
{
	for (size_t i = 0; i < GROUPS; i++) {
		*parts = gGroups[i].parts;
		if (index < *gGroups[i].count)
			return &gGroups[i].programs[index];
		index -= *gGroups[i].count;
	}
	return NULL;
}

static const BenchProgram *programArgument(xsMachine *the, int *parts)
{
	const BenchProgram *program = programAt((size_t)xsmcToInteger(xsArg(0)), parts);
	if (!program)
		xsRangeError("bench: no such program");
	return program;
}

/* count(): how many programs there are. */
void xs_pnebench_count(xsMachine *the)
{
	size_t count = 0;
	for (size_t i = 0; i < GROUPS; i++)
		count += *gGroups[i].count;
	xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

/* op(index): the operation's name. */
void xs_pnebench_op(xsMachine *the)
{
	int parts;
	xsmcSetString(xsResult, (xsStringValue)programArgument(the, &parts)->op);
}

/* bytes(index): the message's length. */
void xs_pnebench_bytes(xsMachine *the)
{
	int parts;
	xsmcSetInteger(xsResult, (xsIntegerValue)programArgument(the, &parts)->bytes);
}

static psa_status_t runProgram(const BenchProgram *program, int count, int64_t *elapsed)
{
	psa_status_t status = psa_crypto_init();
	if (status == PSA_SUCCESS)
		status = program->open(program);
	int64_t start = hostBenchClock();
	for (int i = 0; status == PSA_SUCCESS && i < count; i++)
		status = program->run(program);
	*elapsed = hostBenchClock() - start;
	program->close();
	return status;
}

/* run(index, count): what so many runs took, by the board's clock, of one part of each. */
void xs_pnebench_run(xsMachine *the)
{
	int parts;
	const BenchProgram *program = programArgument(the, &parts);
	int64_t elapsed;
	psa_status_t status = runProgram(program, xsmcToInteger(xsArg(1)), &elapsed);
	if (status != PSA_SUCCESS)
		xsUnknownError("bench: %s failed with PSA status %d", program->op, (int)status);
	xsmcSetNumber(xsResult, (xsNumberValue)elapsed / parts);
}

/* now(), unit(), rate(): the board's clock, what it counts, and how many of that a microsecond has. */
void xs_pnebench_now(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)hostBenchClock());
}

void xs_pnebench_unit(xsMachine *the)
{
	xsmcSetString(xsResult, (xsStringValue)hostBenchUnit().unit);
}

void xs_pnebench_rate(xsMachine *the)
{
	xsmcSetNumber(xsResult, hostBenchUnit().perMicrosecond);
}
