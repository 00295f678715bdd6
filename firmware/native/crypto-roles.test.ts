// SPDX-License-Identifier: Apache-2.0

/** Roles whose records are made in C. */
import { Curve } from '../../src/crypto/curves.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { createIdentities } from '../../src/roles/identities.testing.ts';
import { runKeyLimitTests } from '../../src/roles/key-limits.testing.ts';
import { cryptoNatives } from '../platform/crypto.ts';

const provider = createNativeProvider(cryptoNatives()!);

runKeyLimitTests(provider, createIdentities(provider, Curve.P256));
