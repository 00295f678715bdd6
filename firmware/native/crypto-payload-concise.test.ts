// SPDX-License-Identifier: Apache-2.0

import { compactPayloads } from '../../src/payload/compact.ts';
import { runConciseDifferentialTests } from '../../src/payload/concise-differential.testing.ts';
import { nativePayloads } from '../../src/payload/native.ts';
import { bindPayloadNatives } from '../platform/payload.ts';

/** A build-time definition. */
declare const DIFFERENTIAL_CASES: number;

runConciseDifferentialTests(nativePayloads(bindPayloadNatives()), compactPayloads, DIFFERENTIAL_CASES);
