// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { isDelegated, isRealisable, mechanism } from './mechanisms.ts';
import type { ProtectionTerms, Side, Terms } from './policy.ts';

/** Integrity and confidentiality of one direction. */
export interface Protection {
  readonly integrity: number;
  readonly confidentiality: number;
}

/** What one side would accept now, most wanted first, all of it at or above its floor. */
export interface Admissible {
  readonly authentication: readonly number[];
  readonly toResponder: readonly Protection[];
  readonly toInitiator: readonly Protection[];
}

/** Weaker than every floor. */
const UNAVAILABLE = -1;

/**
 * Returns what this side can do, wants, and deems strong enough. Where an axis is left with nothing it
 * refuses: with `attestationInsufficient` if the link could have realised it, else with `belowFloor`.
 */
export function admissible(side: Side): Admissible {
  const { authentication, toResponder, toInitiator } = side.policy;
  return {
    authentication: some(strongEnough(authentication, side), [authentication]),
    toResponder: protections(toResponder, side),
    toInitiator: protections(toInitiator, side),
  };
}

/** Whether anything is left to the link. */
export function delegates(own: Admissible): boolean {
  const hasLink = ({ integrity, confidentiality }: Protection) =>
    isDelegated(integrity) || isDelegated(confidentiality);
  return (
    own.authentication.some(isDelegated) || own.toResponder.some(hasLink) || own.toInitiator.some(hasLink)
  );
}

/** Confidentiality decides before integrity: what is wanted there settles most of what fits beside it. */
function protections({ integrity, confidentiality }: ProtectionTerms, side: Side): readonly Protection[] {
  const pairs: Protection[] = [];
  const integrities = strongEnough(integrity, side);
  for (const cipher of strongEnough(confidentiality, side)) {
    for (const tag of integrities) {
      if (isRealisable(tag, cipher)) pairs.push({ integrity: tag, confidentiality: cipher });
    }
  }
  return some(pairs, [integrity, confidentiality]);
}

function strongEnough({ accepted, floor }: Terms, side: Side): readonly number[] {
  return accepted.filter((number) => strength(number, side) >= floor);
}

/** Bits, or `UNAVAILABLE` where this side or its link cannot do it. A floor of 0 admits 0 bits. */
function strength(number: number, side: Side): number {
  const row = mechanism(number);
  if (row === undefined) return UNAVAILABLE;
  if (row.delegatedAs !== undefined) return side.evidence?.[row.delegatedAs] ?? UNAVAILABLE;
  if (row.method !== undefined && !side.methods.includes(row.method)) return UNAVAILABLE;
  if (row.algorithm !== undefined && !side.supports(row.algorithm)) return UNAVAILABLE;
  return row.bits;
}

function some<T>(left: readonly T[], wanted: readonly Terms[]): readonly T[] {
  if (left.length > 0) return left;
  const isLinkMissing = wanted.some(({ accepted }) => accepted.some(isDelegated));
  return refuse(isLinkMissing ? 'attestationInsufficient' : 'belowFloor');
}
