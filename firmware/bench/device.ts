// SPDX-License-Identifier: Apache-2.0

/** The benchmark with the native provider, and plain C in the same run, by what its board counts in. */
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { benchPrograms, boardClock } from '../platform/bench-programs.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { devicePayloads } from '../providers/device-payloads.ts';
import { type BenchClock, microsecondClock } from './bench.ts';
import { machineClock } from './machine-clock.ts';
import { benchOperations } from './operations.ts';
import { startBench } from './start.ts';

export function startDeviceBench(): void {
  const createOperations = () => benchOperations(createNativeProvider(cryptoNatives()!), devicePayloads);
  startBench(clockOfBoard(), createOperations, benchPrograms);
}

function clockOfBoard(): BenchClock {
  const { unit, perMicrosecond, now } = boardClock();
  if (unit === 'us') return microsecondClock(now);
  return machineClock({
    unit: unit as BenchClock['unit'],
    perMicrosecond: perMicrosecond || undefined,
    now,
  });
}
