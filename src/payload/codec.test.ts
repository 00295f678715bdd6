// SPDX-License-Identifier: Apache-2.0

import { testPayloads } from './codec.testing.ts';
import { createCborXPayloads } from './codec.ts';

testPayloads('payload by cbor-x', createCborXPayloads());
