// SPDX-License-Identifier: Apache-2.0

/**
 * Messages about keys, inside protected records of CPNS-3 as those of message.ts are:
 *
 *     key-request    = [7, * (reference, epoch: uint, sender: uint)]      ; PNE -> server: the keys that it has
 *     key-update     = [8, reference, epoch: uint, wrapped: bstr .size 24, ? seat]   ; server -> PNE
 *     seat           = (sender: uint, boots: uint, terms: uint)
 *     key-proof      = [9, reference, epoch: uint, proof: bstr]           ; both ways
 *     key-revocation = [10, reference, epoch: uint, status: uint]         ; server -> PNE
 *     membership     = [11, operation: 0 / 1, reference]                  ; PNE -> server: join, leave
 *     reference      = uint                                               ; src/keys/reference.ts
 *
 * Of a user key `sender` is the first four bytes of its proof. A user key is wrapped under a key of the session's
 * handshake, all others under the user key. `boots`: those of the PNE since the key was made; without a seat it keeps
 * its sender number, and counts from the boot that it is in. `terms`: 1, contents are signed; 2, the former epoch has
 * no grace. A proof shows the key that a PNE has; 8 bytes, or none where it has none any more: every epoch up to this
 * one is destroyed. The server says the same of a request that leaves it nothing to send. A revocation ends every epoch
 * up to its own; with a status other than ok nothing else comes.
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

export const KeyMessageType = Object.freeze({
  request: 7,
  update: 8,
  proof: 9,
  revocation: 10,
  membership: 11,
  /** signer-message.ts */
  signerRequest: 12,
  signerKey: 13,
  /** service-message.ts */
  serviceRequest: 14,
  serviceAnswer: 15,
  /** notice-message.ts */
  notice: 16,
  /** consent-message.ts */
  consentRequest: 17,
  consentAnswer: 18,
  consentDone: 19,
  /** user-message.ts */
  userRequest: 20,
  userAnswer: 21,
} as const);

export const Terms = Object.freeze({ signed: 1, noGrace: 2 } as const);

export const MembershipOperation = Object.freeze({ join: 0, leave: 1 } as const);

/** A key that a PNE says it has. */
export interface HeldKey {
  readonly reference: number;
  readonly epoch: number;
  readonly sender: number;
}

export interface Seat {
  readonly sender: number;
  readonly boots: number;
  readonly terms: number;
}

export interface KeyUpdate {
  readonly reference: number;
  readonly epoch: number;
  readonly wrapped: Uint8Array;
  readonly seat: Seat | undefined;
}

/** A key that a PNE shows that it has, or, without a proof, has not any more. */
export interface KeyProof {
  readonly reference: number;
  readonly epoch: number;
  readonly proof: Uint8Array;
}

export interface KeyRevocation {
  readonly reference: number;
  readonly epoch: number;
  readonly status: number;
}

/** What a server says. */
export type KeyMessageToPne =
  | ({ readonly type: typeof KeyMessageType.update } & KeyUpdate)
  | ({ readonly type: typeof KeyMessageType.proof } & KeyProof)
  | ({ readonly type: typeof KeyMessageType.revocation } & KeyRevocation);

/** What a PNE says. */
export type KeyMessageToServer =
  | { readonly type: typeof KeyMessageType.request; readonly held: readonly HeldKey[] }
  | ({ readonly type: typeof KeyMessageType.proof } & KeyProof)
  | {
      readonly type: typeof KeyMessageType.membership;
      readonly operation: number;
      readonly reference: number;
    };

const { maxGroupReference, pneMaxGroups, pneMaxNetworks } = ImplementationLimits;
const HELD_ITEMS = 3;
const MAX_HELD = 1 + pneMaxGroups + pneMaxNetworks;
export const MAX_EPOCH = 0xffffffff;

/** What stands for a proof in a request: its first four bytes. */
export function numberOfProof(proof: Uint8Array): number {
  return ((proof[0]! << 24) | (proof[1]! << 16) | (proof[2]! << 8) | proof[3]!) >>> 0;
}

/** Whether a message of CPNS-3 of this type is about keys, or of a part of the PNE that is bound with them. */
export function isKeyType(type: number): boolean {
  return type >= KeyMessageType.request && type <= KeyMessageType.userAnswer;
}

export function encodeRequest(held: readonly HeldKey[]): Uint8Array {
  const items = held.flatMap(({ reference, epoch, sender }) => [reference, epoch, sender]);
  return encodeFlat([KeyMessageType.request, ...items]);
}

export function encodeUpdate({ reference, epoch, wrapped, seat }: KeyUpdate): Uint8Array {
  const seatItems = seat === undefined ? [] : [seat.sender, seat.boots, seat.terms];
  return encodeFlat([KeyMessageType.update, reference, epoch, wrapped, ...seatItems]);
}

export function encodeProof({ reference, epoch, proof }: KeyProof): Uint8Array {
  return encodeFlat([KeyMessageType.proof, reference, epoch, proof]);
}

export function encodeRevocation({ reference, epoch, status }: KeyRevocation): Uint8Array {
  return encodeFlat([KeyMessageType.revocation, reference, epoch, status]);
}

export function encodeMembership(operation: number, reference: number): Uint8Array {
  return encodeFlat([KeyMessageType.membership, operation, reference]);
}

/** Byte strings in it are copies. Refuses `messageInvalid` whatever is not exactly one message for a PNE. */
export function decodeToPne(bytes: Uint8Array): KeyMessageToPne {
  const items = decodeFlat(bytes);
  const [type, first, second, third] = items;
  const reference = numberOf(first, maxGroupReference);
  const epoch = numberOf(second, MAX_EPOCH);
  if (type === KeyMessageType.update && typeof third === 'object')
    return { type, reference, epoch, wrapped: third, seat: readSeat(items) };
  if (type === KeyMessageType.proof) return { type, reference, epoch, proof: proofIn(items) };
  if (type !== KeyMessageType.revocation || items.length !== 4) refuse('messageInvalid');
  return { type, reference, epoch, status: numberOf(third, MAX_EPOCH) };
}

/** The same of a message for a server. */
export function decodeToServer(bytes: Uint8Array): KeyMessageToServer {
  const items = decodeFlat(bytes);
  const [type, first, second] = items;
  if (type === KeyMessageType.request) return { type, held: readHeld(items.slice(1)) };
  if (type === KeyMessageType.proof) {
    const reference = numberOf(first, maxGroupReference);
    return { type, reference, epoch: numberOf(second, MAX_EPOCH), proof: proofIn(items) };
  }
  if (type !== KeyMessageType.membership || items.length !== 3) refuse('messageInvalid');
  const operation = numberOf(first, MembershipOperation.leave);
  return { type, operation, reference: numberOf(second, maxGroupReference) };
}

function proofIn(items: readonly FlatItem[]): Uint8Array {
  const proof = items[3];
  return items.length === 4 && typeof proof === 'object' ? proof : refuse('messageInvalid');
}

function readHeld(items: readonly FlatItem[]): HeldKey[] {
  const held: HeldKey[] = [];
  if (items.length % HELD_ITEMS !== 0 || items.length > HELD_ITEMS * MAX_HELD) refuse('messageInvalid');
  for (let at = 0; at < items.length; at += HELD_ITEMS)
    held.push({
      reference: numberOf(items[at], maxGroupReference),
      epoch: numberOf(items[at + 1], MAX_EPOCH),
      sender: numberOf(items[at + 2], MAX_EPOCH),
    });
  return held;
}

function readSeat(items: readonly FlatItem[]): Seat | undefined {
  if (items.length === 4) return undefined;
  if (items.length !== 7) refuse('messageInvalid');
  const { groupMaxMembers, maxBootEpoch } = ImplementationLimits;
  return {
    sender: numberOf(items[4], groupMaxMembers - 1),
    boots: numberOf(items[5], maxBootEpoch),
    terms: numberOf(items[6], Terms.signed + Terms.noGrace),
  };
}

/** Refuses `messageInvalid` what is no number, or a larger one. */
export function numberOf(item: FlatItem | undefined, most: number): number {
  return typeof item === 'number' && item <= most ? item : refuse('messageInvalid');
}
