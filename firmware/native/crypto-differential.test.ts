// SPDX-License-Identifier: Apache-2.0

import { runDifferentialTests } from '../../src/crypto/differential.testing.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { fillRandom } from '../platform/random.ts';

/** Build-time definitions. */
declare const DIFFERENTIAL_CASES: number;
declare const DIFFERENTIAL_CURVE_CASES: number;

runDifferentialTests(createNativeProvider(cryptoNatives()!), createNobleProvider(fillRandom), {
  cases: DIFFERENTIAL_CASES,
  curveCases: DIFFERENTIAL_CURVE_CASES,
  maxLength: 70,
  comparesSignatures: true,
});
