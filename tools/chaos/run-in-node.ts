// SPDX-License-Identifier: Apache-2.0

import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import type { SeededProviders } from './cryptography.ts';
import { p256Agreement, type SharedPoints } from './curve.ts';
import { type RunOptions, run, type Verdict } from './run.ts';

/** A run in this process, with node:crypto. */
export function runInNode(options: RunOptions): Verdict {
  const shared: SharedPoints = new Map();
  const providers: SeededProviders = (fillRandom) => {
    const node = createNodeProvider();
    return { ...node, fillRandom, ...p256Agreement(node, fillRandom, shared) };
  };
  return run(options, providers);
}
