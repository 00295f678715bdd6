// SPDX-License-Identifier: Apache-2.0

import { compactPayloads } from '../../src/payload/compact.ts';
import { runPayloadDifferentialTests } from '../../src/payload/differential.testing.ts';
import { nativePayloads } from '../../src/payload/native.ts';
import { bindPayloadNatives } from '../platform/payload.ts';

/** A build-time definition. */
declare const DIFFERENTIAL_CASES: number;

runPayloadDifferentialTests(nativePayloads(bindPayloadNatives()), compactPayloads, DIFFERENTIAL_CASES);
