// SPDX-License-Identifier: Apache-2.0

/**
 * Control messages of CPNS-2, in its records beside the routes:
 *
 *     control      = confirmation / withdrawn
 *     confirmation = [0, number: uint]              ; what is stated under this number is done
 *     withdrawn    = [1, number: uint, pne-id: tstr] ; server -> gateway: no PNE of this name is let in any more
 *
 * All but the confirmation are statements: of each topic the newest is sent again until it is confirmed
 * (statements.ts). Numbers are those of one end of one link, and begin at 0.
 */
import { decodeFlat, encodeFlat } from '../cbor/flat.ts';
import { refuse } from '../refusal.ts';

export const ControlKind = Object.freeze({ confirmation: 0, withdrawn: 1 } as const);

export interface Withdrawn {
  readonly kind: typeof ControlKind.withdrawn;
  readonly pneId: string;
}

/** Each further kind is one more of these. */
export type Statement = Withdrawn;

export type Control =
  | { readonly kind: typeof ControlKind.confirmation; readonly number: number }
  | { readonly kind: typeof ControlKind.withdrawn; readonly number: number; readonly statement: Statement };

/** Of statements with one topic the newest counts alone. */
export function topicOf({ kind, pneId }: Statement): string {
  return `${kind} ${pneId}`;
}

export function encodeConfirmation(number: number): Uint8Array {
  return encodeFlat([ControlKind.confirmation, number]);
}

export function encodeStatement(number: number, { kind, pneId }: Statement): Uint8Array {
  return encodeFlat([kind, number, pneId]);
}

/** Refuses whatever is not exactly one control message. */
export function decodeControl(bytes: Uint8Array): Control {
  const [kind, number, third, ...more] = decodeFlat(bytes);
  if (typeof number !== 'number' || more.length > 0) return refuse('messageInvalid');
  if (kind === ControlKind.confirmation && third === undefined) return { kind, number };
  if (kind === ControlKind.withdrawn && typeof third === 'string' && third.length > 0)
    return { kind, number, statement: { kind, pneId: third } };
  return refuse('messageInvalid');
}
