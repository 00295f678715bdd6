// SPDX-License-Identifier: Apache-2.0

import { testPayloads } from '../../src/payload/codec.testing.ts';
import { nativePayloads } from '../../src/payload/native.ts';
import { bindPayloadNatives } from '../platform/payload.ts';

testPayloads('payloads in C', nativePayloads(bindPayloadNatives()));
