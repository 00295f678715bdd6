// SPDX-License-Identifier: Apache-2.0

import { runExpandTests } from './expand.testing.ts';
import { provider } from './test-fixture.ts';

runExpandTests(provider);
