// SPDX-License-Identifier: Apache-2.0

import type { Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';

/** `provisioned`: it is there, and not known to be stored. `retiring`: another one has taken its place. */
export const KeyState = Object.freeze({ provisioned: 0, active: 1, retiring: 2, destroyed: 3 } as const);

/** What a key does; several together are their sum. `wrap`: other keys, for whoever holds it. */
export const KeyPurpose = Object.freeze({ wrap: 1, unwrap: 2, seal: 4, open: 8 } as const);

/** By state: where a key may go from there, a bit for each state. */
const MOVES: readonly number[] = Object.freeze([0b1010, 0b1100, 0b1000, 0b1000]);

/** By state: what a key may do, the sum of purposes. One that is retiring makes nothing new. */
const USES: readonly number[] = Object.freeze([0, 15, 10, 0]);

/** A key behind its handle, from when it is there until it is wiped. It owns the handle. */
export class ManagedKey {
  private readonly secret: Secret;
  private readonly purposes: number;
  private state = 0;

  constructor(secret: Secret, purposes: number) {
    this.secret = secret;
    this.purposes = purposes;
  }

  /** Refuses `keyMoveInvalid` what is not in the table. A key that is destroyed is wiped. */
  move(to: number): void {
    if (((MOVES[this.state]! >> to) & 1) === 0) refuse('keyMoveInvalid');
    this.state = to;
    if (to === KeyState.destroyed) this.secret.wipe();
  }

  /** Refuses `keyPurposeInvalid` what it is not for, and what is not done in its state. */
  for(purpose: number): Secret {
    if ((this.purposes & USES[this.state]! & purpose) === 0) refuse('keyPurposeInvalid');
    return this.secret;
  }
}
