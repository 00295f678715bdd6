// SPDX-License-Identifier: Apache-2.0

import { runHostileTests } from './hostile.testing.ts';
import { provider } from './test-fixture.ts';

runHostileTests(provider);
