// SPDX-License-Identifier: Apache-2.0

import type { Attack } from './attack.ts';
import { clone } from './clone.ts';
import { downgradeMechanisms } from './downgrade-mechanisms.ts';
import { downgradeSuites } from './downgrade-suites.ts';
import { drop } from './drop.ts';
import { eavesdrop } from './eavesdrop.ts';
import { expiredGrant } from './expired-grant.ts';
import { flip } from './flip.ts';
import { flood } from './flood.ts';
import { hostileGateway } from './hostile-gateway.ts';
import { inject } from './inject.ts';
import { middle } from './middle.ts';
import { replay } from './replay.ts';
import { rollback } from './rollback.ts';
import { stolenGrant } from './stolen-grant.ts';

/** Every attack that a run can be put to, in the order in which they are shown. */
export const ATTACKS: readonly Attack[] = Object.freeze([
  eavesdrop,
  flip,
  drop,
  replay,
  inject,
  middle,
  downgradeSuites,
  downgradeMechanisms,
  clone,
  rollback,
  hostileGateway,
  flood,
  stolenGrant,
  expiredGrant,
]);
