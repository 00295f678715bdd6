// SPDX-License-Identifier: Apache-2.0

/**
 * The bytes of the negotiation: Offer in EAD_1, Answer in EAD_2, Echo in EAD_3 (negotiation.cddl).
 *
 *     offer  = [authentications, integrities, confidentialities] ‖ [to the Initiator, if other] ‖ binding
 *     answer = [authentication, integrity, confidentiality, to the Initiator if other] ‖ offer as received
 *     echo   = answer
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { EadItem } from '../handshake/ead.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { Protection } from './admissible.ts';
import { Axis, axisOf, isDelegated, MECHANISM_LIMIT } from './mechanisms.ts';
import { type Choice, chosen, type Offer, type OfferedProtection } from './select.ts';

/** Local and not registered, which RFC 9528 section 10.5 asks for above 23. Always sent as critical. */
export const NEGOTIATION_EAD_LABEL = 32768;

export interface Answer {
  readonly choice: Choice;
  /** The offer as the Responder received it. Borrowed from the answer. */
  readonly offer: Uint8Array;
}

/** Returns the item that carries an offer, an answer or an echo. */
export function negotiationItem(value: Uint8Array): EadItem {
  return { label: NEGOTIATION_EAD_LABEL, critical: true, value };
}

/**
 * Returns the value of the negotiation's item among those of one message, or undefined where it has none. An
 * item that is not critical is none: it could have been ignored, which a negotiation cannot. Refuses
 * `negotiationInvalid` for an item without value or a second one.
 */
export function negotiationValue(items: readonly EadItem[]): Uint8Array | undefined {
  const found = items.filter(({ label, critical }) => label === NEGOTIATION_EAD_LABEL && critical);
  if (found.length === 0) return undefined;
  const value = found[0]!.value;
  if (found.length > 1 || value === undefined) return refuse('negotiationInvalid');
  return value;
}

export function encodeOffer(offer: Offer): Uint8Array {
  const toResponder = protectionList(offer.toResponder);
  const toInitiator = protectionList(offer.toInitiator);
  const writer = new CborWriter();
  writeNumbers(writer, offer.authentication.concat(toResponder));
  if (!isSameList(toInitiator, toResponder)) writeNumbers(writer, toInitiator);
  if (offer.binding !== undefined) writer.byteString(offer.binding);
  return writer.finish();
}

/** Refuses `negotiationInvalid` for what is no offer, else what src/cbor refuses. Owns what it returns. */
export function decodeOffer(bytes: Uint8Array): Offer {
  const reader = new CborReader(bytes);
  const first = readNumbers(reader);
  const authentication = onAxis(first, Axis.authentication);
  const toResponder = offeredProtection(first);
  const toInitiator = hasArray(reader) ? offeredOther(readNumbers(reader), toResponder) : toResponder;
  const binding = reader.remaining > 0 ? reader.byteString().slice() : undefined;
  reader.end();
  const offer = { authentication: some(authentication), toResponder, toInitiator, binding };
  checkBinding(offer);
  return offer;
}

export function encodeAnswer(choice: Choice, offer: Uint8Array): Uint8Array {
  const { authentication, toResponder, toInitiator } = choice;
  const numbers = [authentication, toResponder.integrity, toResponder.confidentiality];
  if (!isSamePair(toResponder, toInitiator)) {
    numbers.push(toInitiator.integrity, toInitiator.confidentiality);
  }
  const writer = new CborWriter();
  writeNumbers(writer, numbers);
  return writer.byteString(offer).finish();
}

/** Refuses `negotiationInvalid` for what is no answer, else what src/cbor refuses. */
export function decodeAnswer(bytes: Uint8Array): Answer {
  const reader = new CborReader(bytes);
  const choice = readChoice(reader);
  const offer = reader.byteString();
  reader.end();
  return { choice, offer };
}

function readChoice(reader: CborReader): Choice {
  const length = reader.array();
  if (length !== 3 && length !== 5) refuse('negotiationInvalid');
  const authentication = readNumber(reader, Axis.authentication);
  const toResponder = readPair(reader);
  if (length === 3) return chosen({ authentication, toResponder, toInitiator: toResponder });
  const toInitiator = readPair(reader);
  if (isSamePair(toResponder, toInitiator)) refuse('negotiationInvalid');
  return chosen({ authentication, toResponder, toInitiator });
}

function readPair(reader: CborReader): Protection {
  const integrity = readNumber(reader, Axis.integrity);
  return { integrity, confidentiality: readNumber(reader, Axis.confidentiality) };
}

function readNumber(reader: CborReader, axis: number): number {
  const number = reader.unsigned();
  return axisOf(number) === axis ? number : refuse('negotiationInvalid');
}

/** A list in which no number comes twice and every axis is in one piece, in the order of the axes. */
function readNumbers(reader: CborReader): readonly number[] {
  const numbers: number[] = [];
  for (let left = reader.array(); left > 0; left--) {
    const number = reader.unsigned();
    const before = numbers[numbers.length - 1] ?? 0;
    if (number >= MECHANISM_LIMIT || numbers.includes(number)) refuse('negotiationInvalid');
    if (axisOf(number) < axisOf(before)) refuse('negotiationInvalid');
    numbers.push(number);
  }
  return numbers;
}

function writeNumbers(writer: CborWriter, numbers: readonly number[]): void {
  writer.array(numbers.length);
  for (const number of numbers) writer.integer(number);
}

function offeredProtection(numbers: readonly number[]): OfferedProtection {
  return {
    integrity: some(onAxis(numbers, Axis.integrity)),
    confidentiality: some(onAxis(numbers, Axis.confidentiality)),
  };
}

/** The second list has no authentication, and is left out where it would repeat the first. */
function offeredOther(numbers: readonly number[], first: OfferedProtection): OfferedProtection {
  if (onAxis(numbers, Axis.authentication).length > 0) refuse('negotiationInvalid');
  if (isSameList(numbers, protectionList(first))) refuse('negotiationInvalid');
  return offeredProtection(numbers);
}

/** Exactly what is delegated is bound to a channel. */
function checkBinding({ authentication, toResponder, toInitiator, binding }: Offer): void {
  const numbers = authentication.concat(protectionList(toResponder), protectionList(toInitiator));
  const expected = numbers.some(isDelegated) ? ImplementationLimits.linkBindingBytes : undefined;
  if (binding?.length !== expected) refuse('negotiationInvalid');
}

function hasArray(reader: CborReader): boolean {
  return reader.remaining > 0 && reader.peekMajor() === 4;
}

function onAxis(numbers: readonly number[], axis: number): readonly number[] {
  return numbers.filter((number) => axisOf(number) === axis);
}

function some(numbers: readonly number[]): readonly number[] {
  return numbers.length > 0 ? numbers : refuse('negotiationInvalid');
}

function protectionList({ integrity, confidentiality }: OfferedProtection): readonly number[] {
  return integrity.concat(confidentiality);
}

function isSameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, at) => number === b[at]);
}

function isSamePair(a: Protection, b: Protection): boolean {
  return a.integrity === b.integrity && a.confidentiality === b.confidentiality;
}
