// SPDX-License-Identifier: Apache-2.0

import { runCurveVectorTests } from '../curve-vectors.testing.ts';
import { runCurveTests } from '../curves.testing.ts';
import type { CryptoProvider } from '../provider.ts';
import { createNobleProvider } from './provider.ts';

/** XS takes tens of milliseconds for one multiplication: there, every 16th vector. */
const STRIDE = Reflect.has(globalThis, 'process') ? 1 : 16;

/** A counter in place of randomness: no test depends on more. */
function create(): CryptoProvider {
  let next = 1;
  return createNobleProvider((target) => {
    for (let i = 0; i < target.length; i++) target[i] = next++;
  });
}

runCurveTests(create);
runCurveVectorTests(create, STRIDE);
