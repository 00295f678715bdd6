// SPDX-License-Identifier: Apache-2.0

/**
 * Messages about the consent of a PNE that owns something, inside protected records of CPNS-3 as those of
 * key-message.ts are:
 *
 *     consent-ready   = [17]                                                           ; PNE -> server: it may be asked
 *     consent-request = [17, number: uint, operation: uint, subject: tstr, target: tstr]             ; server -> PNE
 *     consent-answer  = [18, number: uint, serial: uint, word: uint, seconds: uint]                  ; PNE -> server
 *     consent-done    = [19, number: uint, serial: uint, status: uint]                               ; server -> PNE
 *
 * `operation`: its place in ASKED_OPERATIONS. `word`: 0 refused, 1 consented, 2 the question is here. An answer to
 * number 0, which no question has, says how open the PNE's own contents are: 0 closed, 1 open, 2 ask. `serial`: counts
 * a boot's answers from 1 on. `seconds`: how long the answer counts; 0: as long as the server says. Done with the
 * serial of an answer: it is stored, or refused for good; with serial 0: nobody has to answer this any more, and of
 * number 0, that the PNE is known to be ready.
 */
import type { Openness } from '../authorization/decision.ts';
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import { refuse } from '../refusal.ts';
import { ASKED_OPERATIONS, type NumberedQuestion } from './consent.ts';
import { KeyMessageType, numberOf } from './key-message.ts';

/** Of an answer to a question. */
export const ConsentWord = Object.freeze({ refused: 0, consented: 1, here: 2 } as const);

/** In the order of their words. */
export const OPENNESS_WORDS: readonly Openness[] = Object.freeze(['closed', 'open', 'ask']);

export interface ConsentAnswer {
  readonly number: number;
  readonly serial: number;
  readonly word: number;
  readonly seconds: number;
}

export interface ConsentDone {
  readonly number: number;
  readonly serial: number;
  readonly status: number;
}

/** What a server says. */
export type ConsentToPne =
  | ({ readonly type: typeof KeyMessageType.consentRequest } & NumberedQuestion)
  | ({ readonly type: typeof KeyMessageType.consentDone } & ConsentDone);

const { consentRequest, consentAnswer, consentDone } = KeyMessageType;
const MOST = Number.MAX_SAFE_INTEGER;
/** A year: longer than any of them needs. */
export const MAX_CONSENT_SECONDS = 31_536_000;
const MAX_WORD = 2;

export function isConsentType(type: number): boolean {
  return type >= consentRequest && type <= consentDone;
}

export function encodeConsentReady(): Uint8Array {
  return encodeFlat([consentRequest]);
}

export function encodeConsentRequest({ number, operation, subject, target }: NumberedQuestion): Uint8Array {
  return encodeFlat([consentRequest, number, ASKED_OPERATIONS.indexOf(operation), subject, target]);
}

export function encodeConsentAnswer({ number, serial, word, seconds }: ConsentAnswer): Uint8Array {
  return encodeFlat([consentAnswer, number, serial, word, seconds]);
}

export function encodeConsentDone({ number, serial, status }: ConsentDone): Uint8Array {
  return encodeFlat([consentDone, number, serial, status]);
}

/** Refuses `messageInvalid` whatever is not exactly one message for a PNE. */
export function decodeConsentToPne(bytes: Uint8Array): ConsentToPne {
  const [type, first, second, third, fourth, ...more] = decodeFlat(bytes);
  const number = numberOf(first, MOST);
  if (more.length > 0) refuse('messageInvalid');
  if (type === consentDone && fourth === undefined)
    return { type, number, serial: numberOf(second, MOST), status: numberOf(third, MOST) };
  if (type !== consentRequest || number === 0) return refuse('messageInvalid');
  const operation = ASKED_OPERATIONS[numberOf(second, MOST)] ?? refuse('messageInvalid');
  return { type, number, operation, subject: nameIn(third), target: nameIn(fourth) };
}

/** Undefined: the PNE is ready. Refuses `messageInvalid` whatever is not exactly one message of a PNE. */
export function decodeConsentToServer(bytes: Uint8Array): ConsentAnswer | undefined {
  const items = decodeFlat(bytes);
  const [type, number, serial, word, seconds] = items;
  if (type === consentRequest && items.length === 1) return undefined;
  if (type !== consentAnswer || items.length !== 5) return refuse('messageInvalid');
  const answer = {
    number: numberOf(number, MOST),
    serial: numberOf(serial, MOST),
    word: numberOf(word, MAX_WORD),
    seconds: numberOf(seconds, MAX_CONSENT_SECONDS),
  };
  return answer;
}

function nameIn(item: FlatItem | undefined): string {
  return typeof item === 'string' && item.length > 0 ? item : refuse('messageInvalid');
}
