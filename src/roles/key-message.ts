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
 * Of a user key `sender` is the first four bytes of its proof. A user key is wrapped under a key of the session's handshake, all others under the user key. `boots`: those of the
 * PNE since the key was made; without a seat it keeps its sender number, and counts from the boot that it is in. `terms`:
 * 1, contents are signed; 2, the former epoch has no grace. A proof shows the key that a PNE has; 8 bytes, or none where
 * it has none any more: every epoch up to this one is destroyed. The server says the same of a request that leaves it
 * nothing to send. A revocation ends every epoch up to its own; with a status other than ok nothing else comes.
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

export type KeyMessage =
  | { readonly type: typeof KeyMessageType.request; readonly held: readonly HeldKey[] }
  | ({ readonly type: typeof KeyMessageType.update } & KeyUpdate)
  | {
      readonly type: typeof KeyMessageType.proof;
      readonly reference: number;
      readonly epoch: number;
      readonly proof: Uint8Array;
    }
  | {
      readonly type: typeof KeyMessageType.revocation;
      readonly reference: number;
      readonly epoch: number;
      readonly status: number;
    }
  | {
      readonly type: typeof KeyMessageType.membership;
      readonly operation: number;
      readonly reference: number;
    };

const { maxGroupReference, pneMaxGroups, pneMaxNetworks } = ImplementationLimits;
const HELD_ITEMS = 3;
const MAX_HELD = 1 + pneMaxGroups + pneMaxNetworks;
const MAX_EPOCH = 0xffffffff;

/** What stands for a proof in a request: its first four bytes. */
export function numberOfProof(proof: Uint8Array): number {
  return ((proof[0]! << 24) | (proof[1]! << 16) | (proof[2]! << 8) | proof[3]!) >>> 0;
}

/** Whether a message of CPNS-3 is one of these: its type is its second byte. */
export function isKeyMessage(bytes: Uint8Array): boolean {
  const type = bytes[1] ?? 0;
  return type >= KeyMessageType.request && type <= KeyMessageType.membership;
}

export function encodeKeyMessage(message: KeyMessage): Uint8Array {
  return encodeFlat([message.type, ...itemsOf(message)]);
}

function itemsOf(message: KeyMessage): FlatItem[] {
  switch (message.type) {
    case KeyMessageType.request:
      return message.held.flatMap(({ reference, epoch, sender }) => [reference, epoch, sender]);
    case KeyMessageType.update: {
      const { reference, epoch, wrapped, seat } = message;
      const fixed = [reference, epoch, wrapped];
      return seat === undefined ? fixed : [...fixed, seat.sender, seat.boots, seat.terms];
    }
    case KeyMessageType.proof:
      return [message.reference, message.epoch, message.proof];
    case KeyMessageType.revocation:
      return [message.reference, message.epoch, message.status];
    default:
      return [message.operation, message.reference];
  }
}

/** Byte strings in it are copies. Refuses `messageInvalid` whatever is not exactly one of these messages. */
export function decodeKeyMessage(bytes: Uint8Array): KeyMessage {
  const [type, ...items] = decodeFlat(bytes);
  if (type === KeyMessageType.request) return { type, held: readHeld(items) };
  if (type === KeyMessageType.membership) {
    if (items.length !== 2) refuse('messageInvalid');
    const operation = numberOf(items[0], MembershipOperation.leave);
    return { type, operation, reference: numberOf(items[1], maxGroupReference) };
  }
  const reference = numberOf(items[0], maxGroupReference);
  const epoch = numberOf(items[1], MAX_EPOCH);
  const third = items[2];
  if (type === KeyMessageType.update && typeof third === 'object')
    return { type, reference, epoch, wrapped: third, seat: readSeat(items) };
  if (items.length !== 3) refuse('messageInvalid');
  if (type === KeyMessageType.proof && typeof third === 'object')
    return { type, reference, epoch, proof: third };
  if (type !== KeyMessageType.revocation) refuse('messageInvalid');
  return { type, reference, epoch, status: numberOf(third, MAX_EPOCH) };
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
  if (items.length === 3) return undefined;
  if (items.length !== 6) refuse('messageInvalid');
  const { groupMaxMembers, maxBootEpoch } = ImplementationLimits;
  return {
    sender: numberOf(items[3], groupMaxMembers - 1),
    boots: numberOf(items[4], maxBootEpoch),
    terms: numberOf(items[5], Terms.signed + Terms.noGrace),
  };
}

function numberOf(item: FlatItem | undefined, most: number): number {
  return typeof item === 'number' && item <= most ? item : refuse('messageInvalid');
}
