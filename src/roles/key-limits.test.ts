// SPDX-License-Identifier: Apache-2.0

import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { runKeyLimitTests } from './key-limits.testing.ts';

runKeyLimitTests(PROVIDER, IDENTITIES);
