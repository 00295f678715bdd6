// SPDX-License-Identifier: Apache-2.0

import { Major } from '../cbor/head.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { checkMessageLength } from './message-length.ts';
import { readSuites, writeSuites } from './suite.ts';

/**
 * error (RFC 9528 section 6), a CBOR sequence. It is never authenticated: anyone may have sent it.
 *
 *   ( ERR_CODE: int, ERR_INFO: any )
 *   ( 1, tstr ) unspecified      ( 2, suites ) wrong selected cipher suite      ( 3, true ) unknown credential
 */
export type HandshakeError =
  | { readonly code: 1; readonly diagnostic: string }
  | { readonly code: 2; readonly suitesR: readonly number[] }
  | { readonly code: 3 };

/** What a peer may know before it has proved who it is: that the two ends have nothing in common. */
const TOLD: readonly ReasonName[] = Object.freeze(['mechanismNotSupported', 'methodNotPreferred']);

/**
 * Returns what the peer is told of a refusal: SUITES_R, or that no mechanism is common. Every other reason
 * is error 1 with the same text.
 */
export function errorFor(reason: ReasonName, suites: readonly number[]): Uint8Array {
  if (reason === 'suiteNotSupported') return encodeError({ code: 2, suitesR: suites });
  return encodeError({ code: 1, diagnostic: TOLD.includes(reason) ? reason : 'refused' });
}

export function encodeError(error: HandshakeError): Uint8Array {
  const writer = new CborWriter().integer(error.code);
  if (error.code === 1) writer.textString(error.diagnostic);
  else if (error.code === 2) writeSuites(writer, error.suitesR);
  else writer.boolean(true);
  return writer.finish();
}

/** Whether an answer to the Initiator is an error: message_2 and message_4 begin with a byte string. */
export function isError(answer: Uint8Array): boolean {
  return new CborReader(answer).peekMajor() <= Major.negative;
}

/** Refuses with `messageInvalid` a code that is not ours, 0 among them. */
export function decodeError(bytes: Uint8Array): HandshakeError {
  const reader = new CborReader(checkMessageLength(bytes));
  const error = readError(reader);
  reader.end();
  return error;
}

function readError(reader: CborReader): HandshakeError {
  const code = reader.integer();
  if (code === 1) return { code, diagnostic: reader.textString() };
  if (code === 2) return { code, suitesR: readSuites(reader) };
  if (code !== 3) return refuse('messageInvalid');
  return reader.boolean() ? { code } : refuse('messageInvalid');
}
