// SPDX-License-Identifier: Apache-2.0

/** What came of an attack. */

/** A reason for a refusal: ours (src/refusal.ts), or that of another protocol. */
export interface Reason {
  readonly name: string;
  readonly number: number;
}

export interface Strike {
  /** Whether the attacker got nothing of what it wanted. */
  readonly isHeld: boolean;
  /** Undefined where there was nothing to refuse. */
  readonly reason?: Reason;
  /** What was seen, a line each. */
  readonly lines: readonly string[];
}
