// SPDX-License-Identifier: Apache-2.0

import { provider } from '../cose/test-fixture.ts';
import { runHostileTests } from './hostile.testing.ts';

runHostileTests(provider);
