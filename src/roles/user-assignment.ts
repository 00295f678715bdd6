// SPDX-License-Identifier: Apache-2.0

/**
 * How the user key of a PNE becomes a user's, as a CPNS Server decides it: a gateway registers him with a proof by his
 * one-time code, the PNE names him, and both have to agree with what the server has stored. Plain data: each step makes
 * a new record, which is stored before anything is said of it.
 */
import type { UserClaim } from '../keys/user-code.ts';
import { NodeLimits } from '../node-limits.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { UserKeyRecord } from './group-record.ts';
import { Status, type StatusCode } from './status.ts';

/** A user's code. A PNE is named once a gateway has registered him with it. */
export interface UserCode {
  /** Seconds since 1970. */
  readonly until: number;
  /** Proofs that were wrong. */
  readonly tries: number;
  /** As the server keeps it; empty: the PNE has the key, and the code is worth nothing. */
  readonly key: Uint8Array;
  readonly gateway: string;
  readonly pneId: string;
}

/** What is stored of it. */
export interface UserFacts {
  /** Undefined: there is none, or he is to go. */
  readonly devices: readonly string[] | undefined;
  readonly code: UserCode | undefined;
}

/** `code`: what is to be stored in place of the former. */
export interface RegistrationOutcome {
  readonly status: StatusCode;
  readonly reason: ReasonName | undefined;
  readonly code: UserCode | undefined;
}

/**
 * A gateway, which has proved who it is, registers the user of a PNE. `proves`: whether its proof is of this code's
 * key. The same again is answered again; a wrong proof counts, and whatever else is refused changes nothing.
 */
export function registerUser(
  { devices, code }: UserFacts,
  { gateway, pneId }: UserClaim,
  now: number,
  proves: (code: UserCode) => boolean,
): RegistrationOutcome {
  if (devices === undefined) return refusedFor('userUnknown');
  if (!devices.includes(pneId)) return refusedFor('userForeign');
  if (code === undefined) return refusedFor('userCodeInvalid');
  if (code.pneId !== '') {
    if (code.pneId !== pneId || code.gateway !== gateway) return refusedFor('userCodeSpent');
    if (code.key.length === 0) return { status: Status.ok, reason: undefined, code: undefined };
    // Its PNE has not come in time.
    if (now >= code.until) return refusedFor('userCodeExpired');
    return { status: Status.userRegistered, reason: undefined, code: undefined };
  }
  if (code.tries >= NodeLimits.userCodeMaxTries) return refusedFor('userTries');
  if (now >= code.until) return refusedFor('userCodeExpired');
  if (!proves(code)) return { ...refusedFor('userCodeInvalid'), code: { ...code, tries: code.tries + 1 } };
  return { status: Status.userRegistered, reason: undefined, code: { ...code, gateway, pneId } };
}

/**
 * A PNE, which is at this gateway, names its user. Returns the code in its new form, undefined where the key is his
 * already. Refuses what was not registered so.
 */
export function claimUser(
  { devices, code }: UserFacts,
  { gateway, pneId, user }: UserClaim,
  now: number,
  former: UserKeyRecord | undefined,
): UserCode | undefined {
  if (devices === undefined) return refuse('userUnknown');
  if (former?.isRevoked) refuse('notAuthorized');
  if (!devices.includes(pneId)) refuse('userForeign');
  const isOpen = code !== undefined && code.key.length > 0 && code.pneId === pneId;
  if (!isOpen) return former?.user === user ? undefined : refuse('userUnregistered');
  if (code.gateway !== gateway) refuse('userForeign');
  return now < code.until ? { ...code, key: new Uint8Array(0) } : refuse('userCodeExpired');
}

const STATUSES: Partial<Record<ReasonName, StatusCode>> = Object.freeze({
  userUnknown: Status.userUnknown,
  userForeign: Status.userForeign,
  userCodeInvalid: Status.userCodeInvalid,
  userCodeExpired: Status.userCodeExpired,
  userCodeSpent: Status.userCodeSpent,
  userTries: Status.userTries,
  userUnregistered: Status.userUnregistered,
});

/** What a peer is told of a refusal. */
export function statusOf(reason: ReasonName): StatusCode {
  return STATUSES[reason] ?? Status.notAuthorized;
}

/** How it is called in a log. */
export function reasonOf(status: number): ReasonName {
  const [reason = 'notAuthorized'] = Object.entries(STATUSES).find(([, code]) => code === status) ?? [];
  return reason as ReasonName;
}

function refusedFor(reason: ReasonName): RegistrationOutcome {
  return { status: statusOf(reason), reason, code: undefined };
}
