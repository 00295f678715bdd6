// SPDX-License-Identifier: Apache-2.0

import { runProviderSuite } from '../suite.testing.ts';
import { createNobleProvider } from './provider.ts';

/** A counter in place of randomness: no test depends on more. */
function createCounting(): (target: Uint8Array) => void {
  let next = 0;
  return (target) => {
    for (let i = 0; i < target.length; i++) target[i] = next++;
  };
}

runProviderSuite(() => createNobleProvider(createCounting()));
