// SPDX-License-Identifier: Apache-2.0

/** Numbers, windows and handles in C, by what those in TypeScript are tested for. */
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { runRecordTests } from '../../src/session/records.testing.ts';
import { cryptoNatives } from '../platform/crypto.ts';

runRecordTests(createNativeProvider(cryptoNatives()!));
