// SPDX-License-Identifier: Apache-2.0

import { runDifferentialTests } from '../../src/crypto/differential.testing.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { cryptoNatives } from './crypto.ts';
import { fillRandom } from './random.ts';

/** A build-time definition. */
declare const DIFFERENTIAL_CASES: number;

/** noble takes tens of milliseconds for a multiplication in XS. */
const CURVE_CASES = 12;

runDifferentialTests(createNativeProvider(cryptoNatives()!), createNobleProvider(fillRandom), {
  cases: DIFFERENTIAL_CASES,
  curveCases: CURVE_CASES,
  maxLength: 70,
  comparesSignatures: true,
});
