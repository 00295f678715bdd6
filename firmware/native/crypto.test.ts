// SPDX-License-Identifier: Apache-2.0

import { createNativeProvider, NATIVE_CCM_MAX_AAD_LENGTH } from '../../src/crypto/native/provider.ts';
import { runProviderSuite } from '../../src/crypto/suite.testing.ts';
import { cryptoNatives } from '../platform/crypto.ts';

runProviderSuite(() => createNativeProvider(cryptoNatives()!), NATIVE_CCM_MAX_AAD_LENGTH);
