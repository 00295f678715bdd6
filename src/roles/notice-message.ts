// SPDX-License-Identifier: Apache-2.0

/**
 * What a server tells a PNE of its PNs and groups without being asked, inside protected records of CPNS-3 as the messages of
 * key-message.ts are: who owns one, and at which gateway a PN is.
 *
 *     notice  = [16, serial: 1.., reference: uint, owner: tstr, gateway: tstr, credential: bstr]   ; server -> PNE
 *     heard   = [16, serial: uint]                                                                 ; both ways
 *
 * A PNE that says `heard` of 0 wants to be told in this session, of what there is and of what changes; the server says the
 * same, so that it is not asked again. Else it is the notice of this serial that was heard. `owner`, `gateway`: empty where
 * it is nobody's, or at whichever gateway. `credential`: the CCS of that gateway, or nothing.
 */
import { equalBytes } from '../bytes/compare.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { KeyMessageType, numberOf } from './key-message.ts';

/** How it stands with a PN or group. */
export interface GroupNotice {
  readonly reference: number;
  readonly owner: string | undefined;
  readonly gateway: string | undefined;
  /** A CCS, or empty. */
  readonly credential: Uint8Array;
}

/** In place of a serial: the PNE wants to be told. */
export const WATCH = 0;

const HEARD_ITEMS = 2;
const MAX_SERIAL = 0xffffffff;
const { maxGroupReference, noticeMaxCredentialBytes, serviceMaxTextBytes } = ImplementationLimits;

export function encodeNotice(
  serial: number,
  { reference, owner, gateway, credential }: GroupNotice,
): Uint8Array {
  return encodeFlat([KeyMessageType.notice, serial, reference, owner ?? '', gateway ?? '', credential]);
}

export function encodeHeard(serial: number): Uint8Array {
  return encodeFlat([KeyMessageType.notice, serial]);
}

/** Of a server; without `notice`: it tells. Owns what is in it. Refuses `messageInvalid` whatever is not exactly that. */
export function decodeNotice(bytes: Uint8Array): { readonly serial: number; readonly notice?: GroupNotice } {
  const [type, serial, reference, owner, gateway, credential, ...rest] = decodeFlat(bytes);
  if (type !== KeyMessageType.notice || rest.length > 0) refuse('messageInvalid');
  if (reference === undefined) return { serial: numberOf(serial, WATCH) };
  if (typeof credential !== 'object' || credential.length > noticeMaxCredentialBytes)
    refuse('messageInvalid');
  if (serial === WATCH) refuse('messageInvalid');
  const notice = {
    reference: numberOf(reference, maxGroupReference),
    owner: nameIn(owner),
    gateway: nameIn(gateway),
    credential,
  };
  return { serial: numberOf(serial, MAX_SERIAL), notice };
}

/** Of a PNE: its serial. */
export function decodeHeard(bytes: Uint8Array): number {
  const items = decodeFlat(bytes);
  if (items[0] !== KeyMessageType.notice || items.length !== HEARD_ITEMS) refuse('messageInvalid');
  return numberOf(items[1], MAX_SERIAL);
}

export function isSameNotice(a: GroupNotice, b: GroupNotice): boolean {
  return a.owner === b.owner && a.gateway === b.gateway && equalBytes(a.credential, b.credential);
}

function nameIn(item: FlatItem | undefined): string | undefined {
  if (typeof item !== 'string' || encodeUtf8(item).length > serviceMaxTextBytes) refuse('messageInvalid');
  return item === '' ? undefined : item;
}
