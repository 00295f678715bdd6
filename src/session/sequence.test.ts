// SPDX-License-Identifier: Apache-2.0

import { runSequenceTests } from './sequence.testing.ts';
import { createSequenceNumbers } from './sequence.ts';

runSequenceTests('TypeScript', createSequenceNumbers);
