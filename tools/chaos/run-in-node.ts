// SPDX-License-Identifier: Apache-2.0

import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import type { SeededProviders } from './cryptography.ts';
import { p256Agreement, type SharedPoints } from './curve.ts';
import { type RunOptions, run, type Verdict } from './run.ts';

/** A run in this process, with node:crypto. */
export function runInNode(options: RunOptions): Verdict {
  return run(options, nodeProviders());
}

/** Of node:crypto, for everybody in one network. */
export function nodeProviders(): SeededProviders {
  const shared: SharedPoints = new Map();
  return (fillRandom) => {
    const node = createNodeProvider();
    return { ...node, fillRandom, ...p256Agreement(node, fillRandom, shared) };
  };
}
