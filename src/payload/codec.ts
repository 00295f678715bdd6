// SPDX-License-Identifier: Apache-2.0

import { Encoder } from 'cbor-x/index-no-eval';
import { refuse } from '../refusal.ts';
import { compactPayloads } from './compact.ts';
import { isMisread } from './misread.ts';
import type { PayloadCodec } from './payload.ts';
import { scanPayload } from './scan.ts';

/**
 * A payload codec over cbor-x, which its owner keeps: what cbor-x makes for it costs more than a payload does. It
 * holds nothing from one payload to the next, but is mutable, and so cannot stand in a module, frozen into flash.
 * What cbor-x would encode as something else is left to the codec of devices, which writes the same bytes.
 */
export function createCborXPayloads(): PayloadCodec {
  const encoder = new Encoder(SETTINGS);
  return {
    encode(value) {
      if (isMisread(value)) return compactPayloads.encode(value);
      const payload = new Uint8Array(encodeWith(encoder, value));
      scanPayload(payload);
      return payload;
    },
    decode(payload) {
      scanPayload(payload);
      return encoder.decode(payload.subarray());
    },
  };
}

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
function encodeWith(encoder: Encoder, value: unknown): Uint8Array {
  try {
    return encoder.encode(value);
  } catch {
    return refuse('wrongType');
  }
}
