// SPDX-License-Identifier: Apache-2.0

import { Encoder } from 'cbor-x/index-no-eval';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { compactPayloads } from './compact.ts';
import { isMisread } from './misread.ts';
import type { PayloadCodec } from './payload.ts';
import { scanPayload } from './scan.ts';

/**
 * A payload codec over cbor-x, which its owner keeps: what cbor-x makes for it costs more than a payload does. It
 * keeps the bytes of the payload that it read last, where cbor-x keeps its view of them, and so cannot stand in a
 * module, frozen into flash.
 * What cbor-x would encode as something else is left to the codec of devices, which writes the same bytes.
 */
export function createCborXPayloads(): PayloadCodec {
  const encoder = new Encoder(SETTINGS);
  const decoder: Decoder = encoder;
  const source = new Uint8Array(ImplementationLimits.payloadMaxBytes);
  return {
    encode(value) {
      if (isMisread(value)) return compactPayloads.encode(value);
      const payload = new Uint8Array(encodeWith(encoder, value));
      scanPayload(payload);
      return payload;
    },
    decode(payload) {
      scanPayload(payload);
      source.set(payload);
      return decoder.decode(source, payload.length);
    },
  };
}

/** What its types leave out: the end of what is read of `source`. */
interface Decoder {
  decode(source: Uint8Array, end: number): unknown;
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
