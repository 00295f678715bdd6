// SPDX-License-Identifier: Apache-2.0

import { testPayloads } from './codec.testing.ts';
import { compactPayloads } from './compact.ts';

testPayloads('payload, compact', compactPayloads);
