// SPDX-License-Identifier: Apache-2.0

import { randomFillSync } from 'node:crypto';
import { runDifferentialTests } from '../../crypto/differential.testing.ts';
import { createNobleProvider } from '../../crypto/noble/provider.ts';
import { createNodeProvider } from './provider.ts';

const noble = createNobleProvider((target) => {
  randomFillSync(target);
});

/** OpenSSL's signatures are random. */
runDifferentialTests(noble, createNodeProvider(), {
  cases: 2000,
  curveCases: 20,
  maxLength: 600,
  comparesSignatures: false,
});
