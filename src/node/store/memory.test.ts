// SPDX-License-Identifier: Apache-2.0

import { testConformance } from './conformance.testing.ts';
import { createMemoryStore } from './memory.ts';

testConformance('memory', createMemoryStore);
