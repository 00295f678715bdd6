// SPDX-License-Identifier: Apache-2.0

/** The benchmark as a device program, with one provider. */
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { nativePayloads } from '../../src/payload/native.ts';
import { withRecords } from '../../src/session/records.ts';
import { benchPrograms } from '../platform/bench-programs.ts';
import { monotonicMicroseconds } from '../platform/clock.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { bindPayloadNatives } from '../platform/payload.ts';
import { fillRandom } from '../platform/random.ts';
import { microsecondClock } from './bench.ts';
import { benchOperations } from './operations.ts';
import { startBench } from './start.ts';

/** A build-time definition. */
declare const BENCH_PROVIDER: 'noble' | 'native';

const isNative = BENCH_PROVIDER === 'native';

startBench(
  microsecondClock(monotonicMicroseconds),
  () =>
    isNative
      ? benchOperations(createNativeProvider(cryptoNatives()!), nativePayloads(bindPayloadNatives()))
      : benchOperations(withRecords(createNobleProvider(fillRandom)), compactPayloads),
  isNative ? benchPrograms : undefined,
);
