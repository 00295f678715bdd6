// SPDX-License-Identifier: Apache-2.0

import { provider } from '../cose/test-fixture.ts';
import { runExpandTests } from './expand.testing.ts';

runExpandTests(provider);
