// SPDX-License-Identifier: Apache-2.0

/** Two records in one call into C. */
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { runNestedTests } from '../../src/session/nested.testing.ts';
import { cryptoNatives } from '../platform/crypto.ts';

runNestedTests(createNativeProvider(cryptoNatives()!));
