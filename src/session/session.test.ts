// SPDX-License-Identifier: Apache-2.0

import { runSessionTests } from './session.testing.ts';
import { provider } from './test-fixture.ts';

runSessionTests(provider);
