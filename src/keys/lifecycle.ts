// SPDX-License-Identifier: Apache-2.0

import type { Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';

/** `provisioned`: it is there, and not known to be stored. `retiring`: another one has taken its place. */
export type KeyState = 'provisioned' | 'active' | 'retiring' | 'destroyed';

/** What a key does. `wrap`: other keys, for whoever holds it. */
export type KeyPurpose = 'wrap' | 'unwrap' | 'seal' | 'open';

/** Where a key may go from where it is. */
const MOVES: Readonly<Record<KeyState, readonly KeyState[]>> = Object.freeze({
  provisioned: ['active', 'destroyed'] as const,
  active: ['retiring', 'destroyed'] as const,
  retiring: ['destroyed'] as const,
  destroyed: ['destroyed'] as const,
});

/** What a key may do where it is: one that is retiring makes nothing new. */
const USES: Readonly<Record<KeyState, readonly KeyPurpose[]>> = Object.freeze({
  provisioned: [],
  active: ['wrap', 'unwrap', 'seal', 'open'] as const,
  retiring: ['unwrap', 'open'] as const,
  destroyed: [],
});

/** A key behind its handle, from when it is there until it is wiped. It owns the handle. */
export class ManagedKey {
  private readonly secret: Secret;
  private readonly purposes: readonly KeyPurpose[];
  private at: KeyState = 'provisioned';

  constructor(secret: Secret, purposes: readonly KeyPurpose[]) {
    this.secret = secret;
    this.purposes = purposes;
  }

  get state(): KeyState {
    return this.at;
  }

  /** Refuses `keyMoveInvalid` what is not in the table. A key that is destroyed is wiped. */
  move(to: KeyState): void {
    if (!MOVES[this.at].includes(to)) refuse('keyMoveInvalid');
    this.at = to;
    if (to === 'destroyed') this.secret.wipe();
  }

  /** Refuses `keyPurposeInvalid` what it is not for, and what is not done in its state. */
  for(purpose: KeyPurpose): Secret {
    if (!this.purposes.includes(purpose) || !USES[this.at].includes(purpose)) refuse('keyPurposeInvalid');
    return this.secret;
  }
}
