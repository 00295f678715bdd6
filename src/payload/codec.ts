// SPDX-License-Identifier: Apache-2.0

import { Encoder } from 'cbor-x/index-no-eval';
import { refuse } from '../refusal.ts';
import { hasWideText, withPairs } from './pairs.ts';
import type { PayloadCodec } from './payload.ts';
import { scanPayload } from './scan.ts';

/**
 * Returns `value` as an application payload (its form: see `scanPayload`), owned by the caller and the
 * same on every engine. A value that a payload cannot hold is refused as if it had been received.
 *
 * The codec lives for one call: it is mutable, and a module frozen into flash must hold nothing mutable.
 */
export function encodePayload(value: unknown): Uint8Array {
  const payload = new Uint8Array(encode(hasWideText(value) ? withPairs(value) : value));
  scanPayload(payload);
  return payload;
}

/**
 * Returns the value of an application payload that passes `scanPayload`: maps become objects, byte strings
 * are copies. `payload` is borrowed.
 */
export function decodePayload(payload: Uint8Array): unknown {
  scanPayload(payload);
  return new Encoder(SETTINGS).decode(payload.subarray());
}

/** Both, as an owner of a role takes them. */
export const cborXPayloads: PayloadCodec = Object.freeze({ encode: encodePayload, decode: decodePayload });

/**
 * Plain CBOR on every engine: no tags or records of cbor-x's own, shortest map heads, integers as numbers,
 * byte strings that do not alias the payload. Complete, so that cbor-x adds nothing to the frozen object.
 */
const SETTINGS = Object.freeze({
  tagUint8Array: false,
  useRecords: false,
  variableMapSize: true,
  mapsAsObjects: true,
  int64AsNumber: true,
  copyBuffers: true,
});

/** cbor-x throws plain errors for what it does not know, such as functions. */
function encode(value: unknown): Uint8Array {
  try {
    return new Encoder(SETTINGS).encode(value);
  } catch {
    return refuse('wrongType');
  }
}
