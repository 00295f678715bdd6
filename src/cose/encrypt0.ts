// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { AeadKey } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { checkAlgorithm, type Headers, readHeaders, readOptionalTag, writeHeaders } from './headers.ts';
import { encStructure } from './structure.ts';

/**
 * COSE_Encrypt0 (RFC 9052 section 5.2). Its ciphertext is never detached.
 *
 *   16([ protected: bstr, unprotected: map, ciphertext: bstr ])    the tag 16 may be absent
 */
export interface Encrypt0 extends Headers {
  readonly tagged: boolean;
  /** Ciphertext ‖ tag. */
  readonly ciphertext: Uint8Array;
}

/** What an Encrypt0 is sealed and opened with. `key` is bound to `algorithm`. */
export interface Encrypt0Context {
  readonly algorithm: number;
  readonly key: AeadKey;
  readonly nonce: Uint8Array;
  readonly externalAad: Uint8Array;
}

const TAG = 16;

export function encodeEncrypt0(message: Encrypt0): Uint8Array {
  const writer = new CborWriter();
  if (message.tagged) writer.tag(TAG);
  return writeHeaders(writer.array(3), message).byteString(message.ciphertext).finish();
}

/** Reads one whole message, strictly. The fields are views borrowed from `bytes`. */
export function decodeEncrypt0(bytes: Uint8Array): Encrypt0 {
  const reader = new CborReader(bytes);
  const tagged = readOptionalTag(reader, TAG);
  if (reader.array() !== 3) refuse('wrongType');
  const headers = readHeaders(reader);
  const ciphertext = reader.byteString();
  reader.end();
  return { tagged, ...headers, ciphertext };
}

/** Returns a tagged message. */
export function sealEncrypt0(headers: Headers, plaintext: Uint8Array, context: Encrypt0Context): Encrypt0 {
  checkAlgorithm(headers, context.algorithm);
  const aad = encStructure(headers.protectedBytes, context.externalAad);
  return { tagged: true, ...headers, ciphertext: context.key.seal(context.nonce, aad, plaintext) };
}

/** Returns the plaintext. Refuses with `decryptionFailure` what does not verify. */
export function openEncrypt0(message: Encrypt0, context: Encrypt0Context): Uint8Array {
  checkAlgorithm(message, context.algorithm);
  const aad = encStructure(message.protectedBytes, context.externalAad);
  return context.key.open(context.nonce, aad, message.ciphertext) ?? refuse('decryptionFailure');
}
