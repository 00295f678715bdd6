// SPDX-License-Identifier: Apache-2.0

import { provider } from '../cose/test-fixture.ts';
import { runAppendixCTests } from './appendix-c.testing.ts';

runAppendixCTests(provider);
