// SPDX-License-Identifier: Apache-2.0

/**
 * src/bytes/copy.ts and src/cbor/flat.ts in C, for an image that has it: tools/build/device.ts puts this module in
 * place of those, which say what each function does.
 */
import type { FlatItem } from '../src/cbor/flat.ts';
import { refuse } from '../src/refusal.ts';
import { bindBytesNatives } from './platform/bytes.ts';

const natives = bindBytesNatives();

export const { copy: copyBytes, withHead, withoutHead } = natives;

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
