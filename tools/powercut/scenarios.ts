// SPDX-License-Identifier: Apache-2.0

import type { Scenario } from './scenario.ts';
import { groups } from './scenarios/groups.ts';
import { handshake } from './scenarios/handshake.ts';
import { resumption } from './scenarios/resumption.ts';
import { store } from './scenarios/store.ts';

export const SCENARIOS: readonly Scenario[] = Object.freeze([store, handshake, resumption, ...groups]);

/** Seeds of each in a round: those that take no time come more often. */
export const SEEDS_PER_ROUND: Readonly<Record<string, number>> = Object.freeze({ store: 16 });
