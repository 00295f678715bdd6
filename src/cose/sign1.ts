// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { AsymmetricProvider, PrivateKey } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { checkAlgorithm, type Headers, readHeaders, readOptionalTag, writeHeaders } from './headers.ts';
import { signatureStructure } from './structure.ts';

/**
 * COSE_Sign1 (RFC 9052 section 4.2). Its payload is never detached.
 *
 *   18([ protected: bstr, unprotected: map, payload: bstr, signature: bstr ])    the tag 18 may be absent
 */
export interface Sign1 extends Headers {
  readonly tagged: boolean;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a Sign1 is made with. */
export interface SigningContext {
  readonly provider: AsymmetricProvider;
  readonly algorithm: number;
  readonly privateKey: PrivateKey;
  readonly externalAad: Uint8Array;
}

/** What a Sign1 is checked with. `publicKey` as the provider takes it. */
export interface VerificationContext {
  readonly provider: AsymmetricProvider;
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
  readonly externalAad: Uint8Array;
}

const TAG = 18;

export function encodeSign1(message: Sign1): Uint8Array {
  const writer = new CborWriter();
  if (message.tagged) writer.tag(TAG);
  writeHeaders(writer.array(4), message);
  return writer.byteString(message.payload).byteString(message.signature).finish();
}

/** Reads one whole message, strictly. The fields are views borrowed from `bytes`. */
export function decodeSign1(bytes: Uint8Array): Sign1 {
  const reader = new CborReader(bytes);
  const tagged = readOptionalTag(reader, TAG);
  if (reader.array() !== 4) refuse('wrongType');
  const headers = readHeaders(reader);
  const payload = reader.byteString();
  const signature = reader.byteString();
  reader.end();
  return { tagged, ...headers, payload, signature };
}

/** Returns a tagged message. `payload` is borrowed by it. */
export function createSign1(headers: Headers, payload: Uint8Array, context: SigningContext): Sign1 {
  checkAlgorithm(headers, context.algorithm);
  const toSign = signatureStructure(headers.protectedBytes, context.externalAad, payload);
  const signature = context.provider.sign(context.algorithm, context.privateKey, toSign);
  return { tagged: true, ...headers, payload, signature };
}

/** Returns the payload, borrowed from the message. Refuses with `signatureInvalid` what does not verify. */
export function verifySign1(message: Sign1, context: VerificationContext): Uint8Array {
  checkAlgorithm(message, context.algorithm);
  const { provider, algorithm, publicKey, externalAad } = context;
  const toSign = signatureStructure(message.protectedBytes, externalAad, message.payload);
  if (!provider.verify(algorithm, publicKey, toSign, message.signature)) refuse('signatureInvalid');
  return message.payload;
}
