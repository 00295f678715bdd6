// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { type Ead, type EadItem, encodeEad, readEad } from './ead.ts';
import { checkConnectionId, readIdentifier, writeIdentifier } from './identifier.ts';
import { checkMessageLength } from './message-length.ts';
import { readSuites, writeSuites } from './suite.ts';

/**
 * message_1 (RFC 9528 section 5.2.1), a CBOR sequence:
 *
 *   ( METHOD: int, SUITES_I: suites, G_X: bstr, C_I: bstr / -24..23, ? EAD_1 )
 */
export interface Message1 {
  readonly method: number;
  /** In order of preference, the selected one last. */
  readonly suites: readonly number[];
  readonly gX: Uint8Array;
  readonly cI: Uint8Array;
}

export function encodeMessage1(message: Message1, ead1: readonly EadItem[]): Uint8Array {
  const writer = writeSuites(new CborWriter().integer(message.method), message.suites);
  writeIdentifier(writer.byteString(message.gX), message.cI);
  return checkMessageLength(writer.encoded(encodeEad(ead1)).finish());
}

/** Returns METHOD, by which an owner of several Responders tells whose a message_1 is. */
export function methodOf(message1: Uint8Array): number {
  return new CborReader(message1).integer();
}

/** The fields are views borrowed from `bytes`. What they mean together is the Responder's to check. */
export function decodeMessage1(bytes: Uint8Array, knownEad: readonly number[]): Message1 & { ead1: Ead } {
  const reader = new CborReader(checkMessageLength(bytes));
  const method = reader.integer();
  const suites = readSuites(reader);
  const gX = reader.byteString();
  const cI = readIdentifier(reader);
  checkConnectionId(cI);
  return { method, suites, gX, cI, ead1: readEad(reader, bytes, knownEad) };
}
