// SPDX-License-Identifier: Apache-2.0

/* The plain C programs of the benchmark, for JavaScript to start: the clock is read in C, around C alone. */

#include "bench.h"
#include "host.h"

#include "xsmc.h"

void benchFill(uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i + 1);
}

static const BenchProgram *programAt(size_t index)
{
	if (index < gBenchRecordCount)
		return &gBenchRecords[index];
	index -= gBenchRecordCount;
	if (index < gBenchSymmetricCount)
		return &gBenchSymmetric[index];
	index -= gBenchSymmetricCount;
	return index < gBenchCurveCount ? &gBenchCurves[index] : NULL;
}

static const BenchProgram *programArgument(xsMachine *the)
{
	const BenchProgram *program = programAt((size_t)xsmcToInteger(xsArg(0)));
	if (!program)
		xsRangeError("bench: no such program");
	return program;
}

/* count(): how many programs there are. */
void xs_pnebench_count(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)(gBenchRecordCount + gBenchSymmetricCount + gBenchCurveCount));
}

/* op(index): the operation's name. */
void xs_pnebench_op(xsMachine *the)
{
	xsmcSetString(xsResult, (xsStringValue)programArgument(the)->op);
}

/* bytes(index): the message's length. */
void xs_pnebench_bytes(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)programArgument(the)->bytes);
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

/* run(index, count): what so many runs took, by the board's clock. */
void xs_pnebench_run(xsMachine *the)
{
	const BenchProgram *program = programArgument(the);
	int64_t elapsed;
	psa_status_t status = runProgram(program, xsmcToInteger(xsArg(1)), &elapsed);
	if (status != PSA_SUCCESS)
		xsUnknownError("bench: %s failed with PSA status %d", program->op, (int)status);
	xsmcSetNumber(xsResult, (xsNumberValue)elapsed);
}
