// SPDX-License-Identifier: Apache-2.0

import { testPayloads } from './codec.testing.ts';
import { cborXPayloads } from './codec.ts';

testPayloads('payload by cbor-x', cborXPayloads);
