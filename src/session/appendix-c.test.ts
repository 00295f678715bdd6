// SPDX-License-Identifier: Apache-2.0

import { runAppendixCTests } from './appendix-c.testing.ts';
import { provider } from './test-fixture.ts';

runAppendixCTests(provider);
