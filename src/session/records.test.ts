// SPDX-License-Identifier: Apache-2.0

import { runRecordTests } from './records.testing.ts';
import { provider } from './test-fixture.ts';

runRecordTests(provider);
