// SPDX-License-Identifier: Apache-2.0

import { Major } from '../cbor/head.ts';
import type { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { SpecificationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/*
 * Byte string identifiers, C_I, C_R and a kid that stands alone (RFC 9528 section 3.3.2):
 *
 *   identifier = bstr / -24..23        one byte that is such an integer's encoding is sent as that integer
 */

export function writeIdentifier(writer: CborWriter, identifier: Uint8Array): CborWriter {
  return isInteger(identifier) ? writer.encoded(identifier) : writer.byteString(identifier);
}

export function encodeIdentifier(identifier: Uint8Array): Uint8Array {
  return writeIdentifier(new CborWriter(), identifier).finish();
}

/** Returns a view borrowed from the input. One byte sent as a string that has an integer is refused. */
export function readIdentifier(reader: CborReader): Uint8Array {
  if (reader.peekMajor() !== Major.byteString) return readInteger(reader);
  const identifier = reader.byteString();
  if (isInteger(identifier)) refuse('notDeterministic');
  return identifier;
}

/** Refuses with `connectionIdInvalid` what no OSCORE Sender ID can be (RFC 8613 section 3.3). */
export function checkConnectionId(identifier: Uint8Array): void {
  if (identifier.length > SpecificationLimits.maxKidBytes) refuse('connectionIdInvalid');
}

function readInteger(reader: CborReader): Uint8Array {
  if (reader.peekMajor() > Major.negative) refuse('wrongType');
  const item = reader.skip();
  return item.length === 1 ? item : refuse('wrongType');
}

/** Whether the bytes encode an integer from -24 to 23. */
function isInteger(bytes: Uint8Array): boolean {
  if (bytes.length !== 1) return false;
  const [byte] = bytes;
  return byte! <= 0x17 || (byte! >= 0x20 && byte! <= 0x37);
}
