// SPDX-License-Identifier: Apache-2.0

import { runNestedTests } from './nested.testing.ts';
import { provider } from './test-fixture.ts';

runNestedTests(provider);
