// SPDX-License-Identifier: Apache-2.0

import { runReplayTests } from './replay.testing.ts';
import { ReplayWindow } from './replay.ts';

runReplayTests('TypeScript', (from) => new ReplayWindow(from));
