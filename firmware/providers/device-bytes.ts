// SPDX-License-Identifier: Apache-2.0

/**
 * src/bytes/compare.ts, src/bytes/copy.ts, src/bytes/utf8.ts, src/cbor/flat.ts, src/cbor/float.ts and src/link/cut.ts in
 * C, for an image that has it: tools/build/device.ts puts this module in place of those, which say what each function does.
 */
import type { FlatItem } from '../../src/cbor/flat.ts';
import type { HeadReader } from '../../src/cbor/head.ts';
import { refuse } from '../../src/refusal.ts';
import { bindBytesNatives } from '../platform/bytes.ts';

const natives = bindBytesNatives();

export const {
  compare: compareBytes,
  concat: concatBytes,
  copy: copyBytes,
  cutFragment,
  withHead,
  withoutHead,
} = natives;

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

export { overlap } from '../../src/bytes/compare.ts';

export function encodeFlat(items: readonly FlatItem[]): Uint8Array {
  const bytes = natives.encodeFlat(...items);
  return typeof bytes === 'object' ? bytes : refuse(bytes);
}

export function encodeThree(first: FlatItem, second: FlatItem, third: FlatItem): Uint8Array {
  const bytes = natives.encodeFlat(first, second, third);
  return typeof bytes === 'object' ? bytes : refuse(bytes);
}

export function decodeFlat(bytes: Uint8Array): FlatItem[] {
  return natives.decodeFlat(bytes, refuse);
}

export { decodeFlat as decodeOwnedFlat };

export function encodeUtf8(text: string): Uint8Array {
  const bytes = natives.encodeText(text);
  return typeof bytes === 'object' ? bytes : refuse(bytes);
}

export function decodeUtf8(bytes: Uint8Array): string {
  return natives.decodeText(bytes) ?? refuse('invalidUtf8');
}

export function checkUtf8(bytes: Uint8Array, start?: number, end?: number): void {
  if (!natives.isText(bytes.subarray(start, end))) refuse('invalidUtf8');
}

/** Of programs that have the codecs in TypeScript too. */
export { encodeFloat, readFloat } from '../../src/cbor/float.ts';

export function floatValue({ info, high, low }: Pick<HeadReader, 'info' | 'high' | 'low'>): number {
  return natives.float(info, high, low) ?? refuse('notDeterministic');
}
