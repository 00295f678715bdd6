// SPDX-License-Identifier: Apache-2.0
import type { FlatItem } from '../../src/cbor/flat.ts';

/** What firmware/native/payload-copy.c, payload-flat.c, payload-shortest.c and payload-utf8.c do. They run no JavaScript but `refuse`. */
export interface BytesNatives {
  compare(a: Uint8Array, b: Uint8Array): number;
  concat(...parts: Uint8Array[]): Uint8Array;
  copy(bytes: Uint8Array, start?: number, end?: number): Uint8Array;
  withHead(head: number, headLength: number, bytes: Uint8Array, start?: number, end?: number): Uint8Array;
  withoutHead(head: number, headLength: number, bytes: Uint8Array, maximum: number): Uint8Array | undefined;
  cutFragment(message: Uint8Array, start: number, maxBytes: number, number: number): Uint8Array;
  /** The bytes, or why there are none. */
  encodeFlat(...items: FlatItem[]): Uint8Array | number;
  /** The items. Bytes that are none go to `refuse`, which throws. */
  decodeFlat(bytes: Uint8Array, refuse: (reason: number) => never): FlatItem[];
  /** UTF-8, or why there is none. */
  encodeText(text: string): Uint8Array | number;
  /** undefined where the bytes are no UTF-8. */
  decodeText(bytes: Uint8Array): string | undefined;
  isText(bytes: Uint8Array): boolean;
  /** The value of a float's head, undefined where its form is not the shortest. */
  float(info: number, high: number, low: number): number | undefined;
}

/** For an image that has the C functions: a call at the level of a module puts them into flash. */
export function bindBytesNatives(): BytesNatives {
  return Object.freeze({
    compare: native('xs_pnebytes_compare'),
    concat: native('xs_pnebytes_concat'),
    copy: native('xs_pnebytes_copy'),
    withHead: native('xs_pnebytes_withHead'),
    withoutHead: native('xs_pnebytes_withoutHead'),
    cutFragment: native('xs_pnebytes_cutFragment'),
    encodeFlat: native('xs_pnebytes_encodeFlat'),
    decodeFlat: native('xs_pnebytes_decodeFlat'),
    encodeText: native('xs_pnebytes_encodeText'),
    decodeText: native('xs_pnebytes_decodeText'),
    isText: native('xs_pnebytes_isText'),
    float: native('xs_pnebytes_float'),
  });
}
