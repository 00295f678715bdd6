// SPDX-License-Identifier: Apache-2.0

import type { Attempt } from './attempt.ts';
import type { ClauseName } from './clauses.ts';
import type { Strike } from './strike.ts';

export interface Attack {
  readonly name: string;
  readonly title: string;
  /** What the attacker does, in a sentence. */
  readonly does: string;
  /** What SPEC.md says against it. */
  readonly clause: ClauseName;
  /** Attacks a network at work, and tells how it went. Throws where there was nothing to attack. */
  strike(attempt: Attempt): Promise<Strike>;
  /** Attacks a network without the protection, and tells how it worked. Throws where it did not. */
  control(): Promise<string>;
}
