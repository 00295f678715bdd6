// SPDX-License-Identifier: Apache-2.0

import type { CborReader } from '../cbor/reader.ts';
import type { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';
import {
  checkDisjoint,
  decodeProtected,
  encodeProtected,
  type HeaderParameters,
  readHeader,
  writeHeader,
} from './header.ts';

/** The two headers of a COSE message (RFC 9052 section 3), the protected one also as it was received. */
export interface Headers {
  /** Content of the protected bstr. */
  readonly protectedBytes: Uint8Array;
  readonly protectedHeader: HeaderParameters;
  readonly unprotectedHeader: HeaderParameters;
}

/** Headers of a message to be sent. A parameter in both is refused with `headerInvalid`. */
export function createHeaders(
  protectedHeader: HeaderParameters,
  unprotectedHeader: HeaderParameters,
): Headers {
  checkDisjoint(protectedHeader, unprotectedHeader);
  return { protectedBytes: encodeProtected(protectedHeader), protectedHeader, unprotectedHeader };
}

export function writeHeaders(writer: CborWriter, headers: Headers): CborWriter {
  return writeHeader(writer.byteString(headers.protectedBytes), headers.unprotectedHeader);
}

export function readHeaders(reader: CborReader): Headers {
  const protectedBytes = reader.byteString();
  const protectedHeader = decodeProtected(protectedBytes);
  const unprotectedHeader = readHeader(reader);
  checkDisjoint(protectedHeader, unprotectedHeader);
  return { protectedBytes, protectedHeader, unprotectedHeader };
}

/** Refuses with `unsupportedAlgorithm` headers that name an algorithm other than the key's. */
export function checkAlgorithm(headers: Headers, algorithm: number): void {
  const named = headers.protectedHeader.algorithm ?? headers.unprotectedHeader.algorithm;
  if (named !== undefined && named !== algorithm) refuse('unsupportedAlgorithm');
}

/** Reads the optional tag. Another tag than `tag` is refused with `wrongType`. Returns whether it was there. */
export function readOptionalTag(reader: CborReader, tag: number): boolean {
  if (reader.peekMajor() !== 6) return false;
  if (reader.tag() !== tag) refuse('wrongType');
  return true;
}
