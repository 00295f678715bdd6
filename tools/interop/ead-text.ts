// SPDX-License-Identifier: Apache-2.0

import { fromHex, toHex } from '../../src/bytes/hex.ts';
import type { EadItem } from '../../src/handshake/ead.ts';

/** Reads EAD items: `label` or `label=hex`, negative where critical, a space between two. */
export function eadFromText(text: string): readonly EadItem[] {
  return text === '' ? [] : text.split(' ').map(itemFromText);
}

export function eadToText(items: readonly EadItem[]): string {
  return items.map(itemToText).join(' ');
}

function itemFromText(text: string): EadItem {
  const [signed, value] = text.split('=');
  const label = Number(signed);
  const item = { label: Math.abs(label), critical: label < 0 };
  return value === undefined ? item : { ...item, value: fromHex(value) };
}

function itemToText({ label, critical, value }: EadItem): string {
  const signed = `${critical ? -label : label}`;
  return value === undefined ? signed : `${signed}=${toHex(value)}`;
}
