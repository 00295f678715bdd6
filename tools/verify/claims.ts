// SPDX-License-Identifier: Apache-2.0

import type { Claim } from './claim.ts';
import { DELIVERY_CLAIMS } from './delivery-claims.ts';
import { NEGOTIATION_CLAIMS } from './negotiation-claims.ts';

export const CLAIMS: readonly Claim[] = [...NEGOTIATION_CLAIMS, ...DELIVERY_CLAIMS];
