// SPDX-License-Identifier: Apache-2.0

import type { Scenario } from './scenario.ts';
import { database } from './scenarios/database.ts';
import { files } from './scenarios/files.ts';
import { groups } from './scenarios/groups.ts';
import { handshake } from './scenarios/handshake.ts';
import { onboarding } from './scenarios/onboarding.ts';
import { pairing } from './scenarios/pairing.ts';
import { provision } from './scenarios/provision.ts';
import { resumption } from './scenarios/resumption.ts';
import { server } from './scenarios/server.ts';
import { store } from './scenarios/store.ts';

export const SCENARIOS: readonly Scenario[] = Object.freeze([
  store,
  handshake,
  resumption,
  ...groups,
  onboarding,
  provision,
  pairing,
  server,
  database,
  files,
]);

/** Seeds of each in a round: what takes no time comes more often, and what starts processes in the first rounds alone. */
export function seedsIn(round: number, name: string): number {
  if (name === 'database') return round === 0 ? 1 : 0;
  if (name === 'files') return round < 5 ? 1 : 0;
  return name === 'store' ? 16 : 1;
}
