// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { MacKey } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { checkAlgorithm, type Headers, readHeaders, readOptionalTag, writeHeaders } from './headers.ts';
import { macStructure } from './structure.ts';

/**
 * COSE_Mac0 (RFC 9052 section 6.2). Its payload is never detached.
 *
 *   17([ protected: bstr, unprotected: map, payload: bstr, tag: bstr ])    the tag 17 may be absent
 */
export interface Mac0 extends Headers {
  readonly tagged: boolean;
  readonly payload: Uint8Array;
  /** The MAC, as long as the algorithm says. */
  readonly tag: Uint8Array;
}

/** What a Mac0 is made and checked with. `key` is bound to `algorithm`. */
export interface Mac0Context {
  readonly algorithm: number;
  readonly key: MacKey;
  readonly externalAad: Uint8Array;
}

const TAG = 17;

export function encodeMac0(message: Mac0): Uint8Array {
  const writer = new CborWriter();
  if (message.tagged) writer.tag(TAG);
  return writeHeaders(writer.array(4), message).byteString(message.payload).byteString(message.tag).finish();
}

/** Reads one whole message, strictly. The fields are views borrowed from `bytes`. */
export function decodeMac0(bytes: Uint8Array): Mac0 {
  const reader = new CborReader(bytes);
  const tagged = readOptionalTag(reader, TAG);
  if (reader.array() !== 4) refuse('wrongType');
  const headers = readHeaders(reader);
  const payload = reader.byteString();
  const tag = reader.byteString();
  reader.end();
  return { tagged, ...headers, payload, tag };
}

/** Returns a tagged message. `payload` is borrowed by it. */
export function createMac0(headers: Headers, payload: Uint8Array, context: Mac0Context): Mac0 {
  checkAlgorithm(headers, context.algorithm);
  const toMac = macStructure(headers.protectedBytes, context.externalAad, payload);
  return { tagged: true, ...headers, payload, tag: context.key.compute(toMac) };
}

/** Returns the payload, borrowed from the message. Refuses with `integrityFailure` what does not verify. */
export function verifyMac0(message: Mac0, context: Mac0Context): Uint8Array {
  checkAlgorithm(message, context.algorithm);
  const toMac = macStructure(message.protectedBytes, context.externalAad, message.payload);
  if (!context.key.verify(toMac, message.tag)) refuse('integrityFailure');
  return message.payload;
}
