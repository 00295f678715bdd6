// SPDX-License-Identifier: Apache-2.0

import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { runRecordDifferentialTests } from '../../src/session/differential.testing.ts';
import { withRecords } from '../../src/session/records.ts';
import { cryptoNatives } from '../platform/crypto.ts';

/** A build-time definition. */
declare const DIFFERENTIAL_CASES: number;

/** The same algorithms below both: what is compared are the records. */
const native = createNativeProvider(cryptoNatives()!);

runRecordDifferentialTests(native, withRecords(native), DIFFERENTIAL_CASES);
