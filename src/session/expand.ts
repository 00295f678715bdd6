// SPDX-License-Identifier: Apache-2.0

import { concatBytes } from '../bytes/compare.ts';
import { decodeEncrypt0, encodeEncrypt0 } from '../cose/encrypt0.ts';
import type { HeaderParameters } from '../cose/header.ts';
import { createHeaders, type Headers } from '../cose/headers.ts';
import { decodeMac0, encodeMac0 } from '../cose/mac0.ts';
import { algorithmParameters } from '../crypto/algorithms.ts';
import { refuse } from '../refusal.ts';
import { checkIdentifiers, encodeCompressed, parseCompressed, type RecordFields } from './compressed.ts';
import { decodePartialIv, encodePartialIv } from './partial-iv.ts';
import { ENCRYPT0 } from './record.ts';

/** Returns the full COSE message of a compressed record made with `algorithm`. Nothing is verified. */
export function expandRecord(record: Uint8Array, algorithm: number): Uint8Array {
  const { sequence, kid, kidContext, body } = parseCompressed(record);
  const partialIv = encodePartialIv(sequence);
  const unprotected = kidContext === undefined ? { kid, partialIv } : { kid, partialIv, kidContext };
  const headers = createHeaders({}, unprotected);
  if (isAead(algorithm)) return encodeEncrypt0({ tagged: true, ...headers, ciphertext: body });
  const tagStart = body.length - tagLengthOf(algorithm);
  if (tagStart < 0) refuse('truncated');
  const payload = body.subarray(0, tagStart);
  return encodeMac0({ tagged: true, ...headers, payload, tag: body.subarray(tagStart) });
}

/** Returns the compressed record of a full COSE message made with `algorithm`. Nothing is verified. */
export function compressMessage(message: Uint8Array, algorithm: number): Uint8Array {
  const { sequence, kid, kidContext, body } = parseFull(message, algorithm);
  return encodeCompressed(sequence, kid, kidContext, body);
}

/** Returns the kid of a full message made with whatever algorithm. */
export function fullKid(message: Uint8Array): Uint8Array {
  if (message[0] === ENCRYPT0) return parseEncrypt0(message).kid;
  const mac0 = decodeMac0(message);
  return fields(mac0, mac0.payload).kid;
}

/**
 * Reads a full message of exactly the shape drawn in record.ts: a message of the other structure is refused
 * with `formNotAccepted`, other headers with `headerInvalid`.
 */
function parseFull(message: Uint8Array, algorithm: number): RecordFields {
  if ((message[0] === ENCRYPT0) !== isAead(algorithm)) refuse('formNotAccepted');
  if (message[0] === ENCRYPT0) return parseEncrypt0(message);
  return parseMac0(message, tagLengthOf(algorithm));
}

function parseEncrypt0(message: Uint8Array): RecordFields {
  const encrypt0 = decodeEncrypt0(message);
  return fields(encrypt0, encrypt0.ciphertext);
}

function parseMac0(message: Uint8Array, tagLength: number): RecordFields {
  const mac0 = decodeMac0(message);
  if (mac0.tag.length !== tagLength) refuse('headerInvalid');
  return fields(mac0, concatBytes(mac0.payload, mac0.tag));
}

function fields({ protectedBytes, unprotectedHeader }: Headers, body: Uint8Array): RecordFields {
  if (protectedBytes.length > 0 || !carriesOnlyIdentifiers(unprotectedHeader)) refuse('headerInvalid');
  const { kid, partialIv, kidContext } = unprotectedHeader;
  if (kid === undefined || partialIv === undefined) return refuse('headerInvalid');
  checkIdentifiers(kid, kidContext);
  return { sequence: decodePartialIv(partialIv), kid, kidContext, body };
}

function carriesOnlyIdentifiers({ algorithm, contentType, iv }: HeaderParameters): boolean {
  return algorithm === undefined && contentType === undefined && iv === undefined;
}

function isAead(algorithm: number): boolean {
  return algorithmParameters(algorithm)?.kind === 'aead';
}

function tagLengthOf(algorithm: number): number {
  const parameters = algorithmParameters(algorithm);
  if (parameters === undefined || parameters.kind === 'hash') return refuse('unsupportedAlgorithm');
  return parameters.tagLength;
}
