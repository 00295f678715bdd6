// SPDX-License-Identifier: Apache-2.0

/**
 * The benchmark as a device program: one line of JSON a figure, the number of them first. From a timer, as
 * main.ts.
 */
import { createNativeProvider } from '../src/crypto/native/provider.ts';
import { createNobleProvider } from '../src/crypto/noble/provider.ts';
import { runBench } from './bench.ts';
import { monotonicMicroseconds } from './platform/clock.ts';
import { printLine } from './platform/console.ts';
import { cryptoNatives } from './platform/crypto.ts';
import { fillRandom } from './platform/random.ts';
import { after } from './platform/timer.ts';

/** A build-time definition: measure the operations whose name contains it. */
declare const BENCH_OPS: string;
/** A build-time definition. */
declare const BENCH_PROVIDER: 'noble' | 'native';

after(0, () =>
  runBench({
    provider:
      BENCH_PROVIDER === 'native' ? createNativeProvider(cryptoNatives()!) : createNobleProvider(fillRandom),
    ops: BENCH_OPS,
    monotonicMicroseconds,
    onStart: (figures) => printLine(JSON.stringify({ figures })),
    onFigure: (figure) => printLine(JSON.stringify(figure)),
  }),
);
