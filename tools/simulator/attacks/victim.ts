// SPDX-License-Identifier: Apache-2.0

import type { Identity } from '../../../src/handshake/credential.ts';
import type { Target } from './target.ts';

/** A PNE of which all is known that provisioning put into it. */
export function victimOf({ victim }: Target): Identity {
  if (victim === undefined) throw new Error('the only PNE has joined by a code: run with --pnes 2 or more');
  return victim;
}
