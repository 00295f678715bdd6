// SPDX-License-Identifier: Apache-2.0

/** Records over AES-CCM's own protection, by all that those over single algorithms are tested for, and beside them. */
import { randomFillSync } from 'node:crypto';
import { createNobleProvider } from '../../crypto/noble/provider.ts';
import { runAppendixCTests } from '../../session/appendix-c.testing.ts';
import { runRecordDifferentialTests } from '../../session/differential.testing.ts';
import { runExpandTests } from '../../session/expand.testing.ts';
import { runHostileTests } from '../../session/hostile.testing.ts';
import { runNestedTests } from '../../session/nested.testing.ts';
import { runRecordTests } from '../../session/records.testing.ts';
import { withRecords } from '../../session/records.ts';
import { runSessionTests } from '../../session/session.testing.ts';
import { createNodeProvider } from './provider.ts';

const provider = createNodeProvider();
const noble = createNobleProvider((target) => {
  randomFillSync(target);
});

runRecordTests(provider);
runSessionTests(provider);
runHostileTests(provider);
runExpandTests(provider);
runNestedTests(provider);
runAppendixCTests(provider);
runRecordDifferentialTests(provider, withRecords(noble), 2000);
