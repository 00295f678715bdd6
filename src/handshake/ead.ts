// SPDX-License-Identifier: Apache-2.0

import { Major } from '../cbor/head.ts';
import type { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/**
 * One item of external authorization data (RFC 9528 section 3.8).
 *
 *   ead = ( ead_label: int, ? ead_value: bstr )      a negative label is critical, 0 is padding
 */
export interface EadItem {
  /** The registered label. 0 is padding, which is never critical. */
  readonly label: number;
  /** Whether a receiver that does not know the label has to refuse the message. */
  readonly critical: boolean;
  readonly value?: Uint8Array;
}

/** An EAD field as it was received. */
export interface Ead {
  /** Items with labels the receiver knows. Padding and what may be ignored are left out. */
  readonly items: readonly EadItem[];
  /** The whole field, which both ends authenticate. */
  readonly bytes: Uint8Array;
}

const PADDING = 0;

/** Padding with a random value of `length` bytes; label and head add 2 to 4 (section 3.8.1). */
export function paddingItem(provider: CryptoProvider, length: number): EadItem {
  const value = new Uint8Array(length);
  provider.fillRandom(value);
  return { label: PADDING, critical: false, value };
}

export function encodeEad(items: readonly EadItem[]): Uint8Array {
  if (items.length > ImplementationLimits.handshakeMaxEadItems) refuse('tooManyItems');
  const writer = new CborWriter();
  for (const { label, critical, value } of items) {
    if (!(critical ? label > PADDING : label >= PADDING)) refuse('badArgument');
    writer.integer(critical ? -label : label);
    if (value !== undefined) writer.byteString(value);
  }
  return writer.finish();
}

/**
 * Reads what is left of `message` as an EAD field, into views borrowed from it. A critical item whose label is
 * not in `known` is refused with `criticalEadUnknown`.
 */
export function readEad(reader: CborReader, message: Uint8Array, known: readonly number[]): Ead {
  const bytes = message.subarray(message.length - reader.remaining);
  const items: EadItem[] = [];
  for (let count = 0; reader.remaining > 0; count++) {
    if (count >= ImplementationLimits.handshakeMaxEadItems) refuse('tooManyItems');
    const item = readItem(reader);
    if (item.label === PADDING) continue;
    if (known.includes(item.label)) items.push(item);
    else if (item.critical) refuse('criticalEadUnknown');
  }
  return { items, bytes };
}

function readItem(reader: CborReader): EadItem {
  const signed = reader.integer();
  const item = { label: Math.abs(signed), critical: signed < 0 };
  const hasValue = reader.remaining > 0 && reader.peekMajor() === Major.byteString;
  return hasValue ? { ...item, value: reader.byteString() } : item;
}
