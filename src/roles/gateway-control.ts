// SPDX-License-Identifier: Apache-2.0

/**
 * Control messages of CPNS-2, in its records beside the routes:
 *
 *     control      = confirmation / withdrawn / seats / admitted
 *     confirmation = [0, number: uint]              ; what is stated under this number is done
 *     withdrawn    = [1, number: uint, pne-id: tstr] ; server -> gateway: no PNE of this name is let in any more
 *     seats        = [2, number: uint, pne-id: tstr, * (reference: uint, sender: uint)]
 *                                                   ; server -> gateway: that is all that this PNE may send to, and as whom
 *     admitted     = [3, number: uint, pne-id: tstr, credential: bstr]
 *                                                   ; server -> gateway: this PNE has joined, and is to be let in
 *
 * All but the confirmation are statements: of each topic the newest is sent again until it is confirmed
 * (statements.ts). Numbers are those of one end of one link, and begin at 0.
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { GroupSeat } from './server-keys.ts';

export const ControlKind = Object.freeze({ confirmation: 0, withdrawn: 1, seats: 2, admitted: 3 } as const);

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

/** Each further kind is one more of these. */
export type Statement = Withdrawn | Seats | Admitted;

export type Control =
  | { readonly kind: typeof ControlKind.confirmation; readonly number: number }
  | { readonly kind: typeof ControlKind.withdrawn; readonly number: number; readonly statement: Withdrawn }
  | { readonly kind: typeof ControlKind.seats; readonly number: number; readonly statement: Seats }
  | { readonly kind: typeof ControlKind.admitted; readonly number: number; readonly statement: Admitted };

/** Of statements with one topic the newest counts alone. */
export function topicOf({ kind, pneId }: Statement): string {
  return `${kind} ${pneId}`;
}

export function encodeConfirmation(number: number): Uint8Array {
  return encodeFlat([ControlKind.confirmation, number]);
}

export function encodeStatement(number: number, statement: Statement): Uint8Array {
  const { kind, pneId } = statement;
  if (kind === ControlKind.admitted) return encodeFlat([kind, number, pneId, statement.credential]);
  const seats = kind === ControlKind.seats ? statement.seats : [];
  return encodeFlat([kind, number, pneId, ...seats.flatMap(({ reference, sender }) => [reference, sender])]);
}

/** Refuses whatever is not exactly one control message. */
export function decodeControl(bytes: Uint8Array): Control {
  const [kind, number, third, ...more] = decodeFlat(bytes);
  if (typeof number !== 'number') return refuse('messageInvalid');
  if (kind === ControlKind.confirmation && third === undefined) return { kind, number };
  if (typeof third !== 'string' || third.length === 0) return refuse('messageInvalid');
  if (kind === ControlKind.seats)
    return { kind, number, statement: { kind, pneId: third, seats: readSeats(more) } };
  if (kind === ControlKind.admitted && typeof more[0] === 'object' && more.length === 1)
    return { kind, number, statement: { kind, pneId: third, credential: more[0] } };
  if (kind !== ControlKind.withdrawn || more.length > 0) return refuse('messageInvalid');
  return { kind, number, statement: { kind, pneId: third } };
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
