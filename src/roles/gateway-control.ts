// SPDX-License-Identifier: Apache-2.0

/**
 * Control messages of CPNS-2, in its records beside the routes:
 *
 *     control      = confirmation / withdrawn / seats / admitted / pn-key / revoked / placed /
 *                    registration / registered
 *     confirmation = [0, number: uint]              ; what is stated under this number is done
 *     withdrawn    = [1, number: uint, pne-id: tstr] ; server -> gateway: no PNE of this name is let in any more
 *     seats        = [2, number: uint, pne-id: tstr, * (reference: uint, sender: uint)]
 *                                                   ; server -> gateway: all that this PNE may send to, and as whom
 *     admitted     = [3, number: uint, pne-id: tstr, credential: bstr]
 *                                                   ; server -> gateway: this PNE has joined, and is to be let in
 *     pn-key       = [4, number: uint, reference: uint, epoch: uint, wrapped: bstr .size 24 / h'']
 *                                                   ; server -> gateway: the key of a PN that has members there, under
 *                                                   ; a key of this link's handshake; empty: the PN has ended
 *     revoked      = [5, number: uint, kid: bstr, minimum: uint]
 *                                                   ; server -> gateway: no grant of who has this kid holds below that
 *     placed       = [6, number: uint, pne-id: tstr, * gateway: tstr]
 *                                                   ; server -> gateway: this PNE is at these gateways, of which each
 *                                                   ; knows its own name, and at no other; none: at any
 *     registration = [7, number: uint, pne-id: tstr, user: tstr, proof: bstr .size 16]
 *                                                   ; gateway -> server: this user has proved himself, for this PNE
 *     registered   = [8, number: uint, status: uint] ; server -> gateway: what becomes of that registration
 *
 * All but the confirmation and the last two are statements: of each topic the newest is sent again until it is
 * confirmed (statements.ts). Numbers are those of one end of one link, and begin at 0.
 */
import { toHex } from '../bytes/hex.ts';
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import type { Secret } from '../crypto/provider.ts';
import { isPersonalNetwork } from '../keys/reference.ts';
import { USER_PROOF_BYTES } from '../keys/user-code.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { GroupSeat } from './server-keys.ts';
import { userIn } from './user-message.ts';

export const ControlKind = Object.freeze({
  confirmation: 0,
  withdrawn: 1,
  seats: 2,
  admitted: 3,
  pnKey: 4,
  revoked: 5,
  placed: 6,
  registration: 7,
  registered: 8,
} as const);

export interface Withdrawn {
  readonly kind: typeof ControlKind.withdrawn;
  readonly pneId: string;
}

export interface Seats {
  readonly kind: typeof ControlKind.seats;
  readonly pneId: string;
  readonly seats: readonly GroupSeat[];
}

export interface Admitted {
  readonly kind: typeof ControlKind.admitted;
  readonly pneId: string;
  /** A CCS, of which the subject is the PNE's id. */
  readonly credential: Uint8Array;
}

/** Where a PNE is to be: its PN was switched to another gateway. */
export interface Placed {
  readonly kind: typeof ControlKind.placed;
  readonly pneId: string;
  /** Names of gateways; none: it may be at any. */
  readonly gateways: readonly string[];
}

/** The key of a PN. */
export interface PnKey {
  readonly reference: number;
  readonly epoch: number;
  /** Empty where the PN has ended. */
  readonly wrapped: Uint8Array;
}

/** A user that has proved at a gateway who he is, and for which PNE (src/keys/user-code.ts). */
export interface Registration {
  readonly pneId: string;
  readonly user: string;
  readonly proof: Uint8Array;
}

/** What the server has revoked of one PNE, or of several with one kid: they have to be granted anew. */
export interface Revoked {
  readonly kind: typeof ControlKind.revoked;
  readonly kid: Uint8Array;
  /** Higher with each revocation. */
  readonly minimum: number;
}

/** Each further kind is one more of these. */
export type Statement = Withdrawn | Seats | Admitted | PnKeyStatement | Revoked | Placed;

export interface PnKeyStatement {
  readonly kind: typeof ControlKind.pnKey;
  readonly reference: number;
  readonly epoch: number;
  /** Returns the key under this one; nothing where the PN has ended. */
  wrap(above: Secret): Uint8Array;
}

export type Control =
  | { readonly kind: typeof ControlKind.confirmation; readonly number: number }
  | { readonly kind: typeof ControlKind.withdrawn; readonly number: number; readonly statement: Withdrawn }
  | { readonly kind: typeof ControlKind.seats; readonly number: number; readonly statement: Seats }
  | { readonly kind: typeof ControlKind.admitted; readonly number: number; readonly statement: Admitted }
  | { readonly kind: typeof ControlKind.placed; readonly number: number; readonly statement: Placed }
  | { readonly kind: typeof ControlKind.pnKey; readonly number: number; readonly statement: PnKey }
  | { readonly kind: typeof ControlKind.revoked; readonly number: number; readonly statement: Revoked }
  | {
      readonly kind: typeof ControlKind.registration;
      readonly number: number;
      readonly registration: Registration;
    }
  | { readonly kind: typeof ControlKind.registered; readonly number: number; readonly status: number };

/** Of statements with one topic the newest counts alone. */
export function topicOf(statement: Statement): string {
  const { kind } = statement;
  if (kind === ControlKind.pnKey) return `${kind} ${statement.reference}`;
  return `${kind} ${kind === ControlKind.revoked ? toHex(statement.kid) : statement.pneId}`;
}

export function encodeConfirmation(number: number): Uint8Array {
  return encodeFlat([ControlKind.confirmation, number]);
}

export function encodeRegistration(number: number, { pneId, user, proof }: Registration): Uint8Array {
  return encodeFlat([ControlKind.registration, number, pneId, user, proof]);
}

export function encodeRegistered(number: number, status: number): Uint8Array {
  return encodeFlat([ControlKind.registered, number, status]);
}

/** `above`: the key of the link's handshake that keys are sent under. Refuses `keyWiped` where it is gone. */
export function encodeStatement(number: number, statement: Statement, above?: Secret): Uint8Array {
  if (statement.kind === ControlKind.pnKey) {
    const { reference, epoch, wrap } = statement;
    return encodeFlat([statement.kind, number, reference, epoch, wrap(above ?? refuse('keyWiped'))]);
  }
  if (statement.kind === ControlKind.revoked)
    return encodeFlat([statement.kind, number, statement.kid, statement.minimum]);
  const { kind, pneId } = statement;
  if (kind === ControlKind.admitted) return encodeFlat([kind, number, pneId, statement.credential]);
  if (kind === ControlKind.placed) return encodeFlat([kind, number, pneId, ...statement.gateways]);
  const seats = kind === ControlKind.seats ? statement.seats : [];
  return encodeFlat([kind, number, pneId, ...seats.flatMap(({ reference, sender }) => [reference, sender])]);
}

/** Refuses whatever is not exactly one control message. */
export function decodeControl(bytes: Uint8Array): Control {
  const [kind, number, third, ...more] = decodeFlat(bytes);
  if (typeof number !== 'number') return refuse('messageInvalid');
  if (kind === ControlKind.confirmation && third === undefined) return { kind, number };
  if (kind === ControlKind.pnKey) return { kind, number, statement: readPnKey(third, more) };
  if (kind === ControlKind.revoked) return { kind, number, statement: readRevoked(third, more) };
  if (kind === ControlKind.registered && typeof third === 'number' && more.length === 0)
    return { kind, number, status: third };
  if (typeof third !== 'string' || third.length === 0) return refuse('messageInvalid');
  if (kind === ControlKind.registration) return { kind, number, registration: readRegistration(third, more) };
  if (kind === ControlKind.seats)
    return { kind, number, statement: { kind, pneId: third, seats: readSeats(more) } };
  if (kind === ControlKind.admitted && typeof more[0] === 'object' && more.length === 1)
    return { kind, number, statement: { kind, pneId: third, credential: more[0] } };
  if (kind === ControlKind.placed)
    return { kind, number, statement: { kind, pneId: third, gateways: readGateways(more) } };
  if (kind !== ControlKind.withdrawn || more.length > 0) return refuse('messageInvalid');
  return { kind, number, statement: { kind, pneId: third } };
}

function readRegistration(pneId: string, [user, proof, ...more]: readonly FlatItem[]): Registration {
  if (typeof proof !== 'object' || proof.length !== USER_PROOF_BYTES || more.length > 0)
    return refuse('messageInvalid');
  return { pneId, user: userIn(user), proof };
}

function readPnKey(reference: FlatItem | undefined, [epoch, wrapped, ...more]: readonly FlatItem[]): PnKey {
  if (typeof reference !== 'number' || typeof epoch !== 'number') return refuse('messageInvalid');
  if (typeof wrapped !== 'object' || more.length > 0) return refuse('messageInvalid');
  if (!isPersonalNetwork(reference) || reference > ImplementationLimits.maxGroupReference)
    refuse('messageInvalid');
  return { reference, epoch, wrapped };
}

function readRevoked(kid: FlatItem | undefined, [minimum, ...more]: readonly FlatItem[]): Revoked {
  const isOurs = typeof kid === 'object' && typeof minimum === 'number' && more.length === 0;
  if (!isOurs || kid.length > ImplementationLimits.grantMaxKidBytes) return refuse('messageInvalid');
  return { kind: ControlKind.revoked, kid, minimum };
}

function readGateways(items: readonly FlatItem[]): string[] {
  if (items.length > ImplementationLimits.pneMaxNetworks) refuse('messageInvalid');
  const names = items.map((name) =>
    typeof name === 'string' && name.length > 0 ? name : refuse('messageInvalid'),
  );
  return new Set(names).size === names.length ? names : refuse('messageInvalid');
}

function readSeats(items: readonly FlatItem[]): GroupSeat[] {
  const { groupMaxMembers, maxGroupReference } = ImplementationLimits;
  const seats: GroupSeat[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const [reference, sender] = [items[at], items[at + 1]];
    if (typeof reference !== 'number' || typeof sender !== 'number') return refuse('messageInvalid');
    if (reference > maxGroupReference || sender >= groupMaxMembers) refuse('messageInvalid');
    seats.push({ reference, sender });
  }
  return seats;
}
