// SPDX-License-Identifier: Apache-2.0

import { runAeadTests } from './aead.testing.ts';
import { runKeyDerivationTests } from './derivation.testing.ts';
import { runMacTests } from './mac.testing.ts';
import type { CryptoProvider } from './provider.ts';
import { runVectorTests } from './vectors.testing.ts';
import { runWrappingTests } from './wrapping.testing.ts';

/**
 * The tests that every provider passes. `create` gives a provider with handles of its own each time. Longer
 * additional data than `ccmMaxAadLength` it refuses.
 */
export function runProviderSuite(
  create: () => CryptoProvider,
  ccmMaxAadLength: number = Number.POSITIVE_INFINITY,
): void {
  runVectorTests(create, ccmMaxAadLength);
  runAeadTests(create);
  runMacTests(create);
  runKeyDerivationTests(create);
  runWrappingTests(create);
}
