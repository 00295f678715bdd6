// SPDX-License-Identifier: Apache-2.0

/** Records in one call into C, by all that those in TypeScript are tested for. */
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { runAppendixCTests } from '../../src/session/appendix-c.testing.ts';
import { runExpandTests } from '../../src/session/expand.testing.ts';
import { runHostileTests } from '../../src/session/hostile.testing.ts';
import { runSessionTests } from '../../src/session/session.testing.ts';
import { cryptoNatives } from '../platform/crypto.ts';

const provider = createNativeProvider(cryptoNatives()!);

runSessionTests(provider);
runHostileTests(provider);
runExpandTests(provider);
runAppendixCTests(provider);
