// SPDX-License-Identifier: Apache-2.0

/** CBOR that was verified, item by item, in words. */
import { toHex } from '../../../bytes/hex.ts';
import { decodeUtf8 } from '../../../bytes/utf8.ts';
import { HeadReader, Major, Simple } from '../../../cbor/head.ts';
import type { FieldView } from './stage.ts';

/** Bytes of strings are no items of their own. Refuses what is not well formed. */
export function cborFields(bytes: Uint8Array): FieldView[] {
  const fields: FieldView[] = [];
  const reader = new HeadReader(bytes);
  while (reader.input.remaining > 0) {
    const start = bytes.length - reader.input.remaining;
    reader.next();
    const means = meaning(reader);
    fields.push({ hex: toHex(bytes.subarray(start, bytes.length - reader.input.remaining)), means });
  }
  return fields;
}

function meaning(reader: HeadReader): string {
  const { major, info, low } = reader;
  if (reader.isFloat) return `${floatOf(reader)} in ${8 * 2 ** (info - 24)} bits`;
  switch (major) {
    case Major.unsigned:
      return String(reader.argument);
    case Major.negative:
      return String(-1 - reader.argument);
    case Major.byteString:
      return `${counted(reader.input.take(reader.argument).length, 'byte')}`;
    case Major.textString:
      return JSON.stringify(decodeUtf8(reader.input.take(reader.argument)));
    case Major.array:
      return `array of ${reader.argument}`;
    case Major.map:
      return `map of ${reader.argument}`;
    case Major.tag:
      return `tag ${reader.argument}`;
    default:
      return SIMPLE[low] ?? `simple ${low}`;
  }
}

const SIMPLE: Readonly<Record<number, string>> = Object.freeze({
  [Simple.false]: 'false',
  [Simple.true]: 'true',
  [Simple.null]: 'null',
  [Simple.undefined]: 'undefined',
});

function floatOf({ info, high, low }: HeadReader): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, info === 27 ? high : low);
  view.setUint32(4, low);
  if (info === 27) return view.getFloat64(0);
  if (info === 26) return view.getFloat32(0);
  return halfOf(low);
}

/** RFC 8949 appendix D. */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent !== 31) return sign * (mantissa + 1024) * 2 ** (exponent - 25);
  return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
