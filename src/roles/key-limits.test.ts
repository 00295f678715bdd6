// SPDX-License-Identifier: Apache-2.0

import { runKeyLimitTests } from './key-limits.testing.ts';
import { IDENTITIES, PROVIDER } from './network.testing.ts';

runKeyLimitTests(PROVIDER, IDENTITIES);
