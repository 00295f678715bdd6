// SPDX-License-Identifier: Apache-2.0

import { provider } from '../cose/test-fixture.ts';
import { runSessionTests } from './session.testing.ts';

runSessionTests(provider);
