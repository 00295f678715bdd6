// SPDX-License-Identifier: Apache-2.0

/**
 * Messages inside protected records of CPNS-3 (PNE - CPNS Server):
 *
 *     message      = registration / reading / receipt / content / registered / known
 *     registration = [0, pne-id: tstr, epoch: uint, tag: bstr .size 4, contents]
 *     contents     = (epoch: uint, next: uint)          ; received so far: stream, and one above the highest
 *     reading      = [1, number: uint, payload: bstr]   ; PNE -> server
 *     receipt      = [2, number: uint, status: uint, ? more: 1..0x7fffffff]    ; answers readings or a content
 *     content      = [3, number: uint, payload: bstr]   ; server -> PNE
 *     registered   = [4, status: uint, answered: uint, epoch: uint, ? grant: bstr]
 *     known        = [6, names: uint]                   ; server -> PNE: see readings-message.ts, which has the others
 *
 * `more` has a bit for each number behind the first that is answered alike: of number + 1 the lowest.
 *
 * A registration is answered with the PNE's epoch in it, and with the epoch of the contents to come, or the highest that
 * is known of the PNE: an answer that comes late is none to a later registration. The grant is bare
 * (src/authorization/bare.ts): what the server may do at the PNE.
 *
 * A payload is one application item (see src/payload). Nothing but a registration is sent before it is answered in
 * the same session: it fixes the epoch of each direction, in which messages are numbered from 0.
 */
import { decodeOwnedFlat, encodeFlat, encodeThree, type FlatItem } from '../cbor/flat.ts';
import type { Boot } from '../delivery/boot.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

export const MessageType = Object.freeze({
  registration: 0,
  reading: 1,
  receipt: 2,
  content: 3,
  registered: 4,
  readings: 5,
  dictionary: 6,
} as const);

export type Message =
  | ({ readonly type: typeof MessageType.registration } & Registration)
  | { readonly type: typeof MessageType.reading; readonly number: number; readonly payload: Uint8Array }
  | ({ readonly type: typeof MessageType.receipt } & Receipt)
  | { readonly type: typeof MessageType.content; readonly number: number; readonly payload: Uint8Array }
  | ({ readonly type: typeof MessageType.registered } & RegistrationAnswer)
  | { readonly type: typeof MessageType.dictionary; readonly known: number };

export interface Receipt {
  readonly number: number;
  readonly status: number;
  /** Bits of the numbers behind it with the same status, where there are any. */
  readonly more?: number;
}

/** Who a PNE is, which boot of it this is, and which contents it has. */
export interface Registration extends Boot {
  readonly pneId: string;
  readonly contents: ContentsReceived;
}

export interface RegistrationAnswer {
  readonly status: number;
  /** The epoch in the registration that is answered. */
  readonly answered: number;
  /** Of contents, where the status is ok; else the highest known of the PNE. */
  readonly epoch: number;
  readonly grant?: Uint8Array;
}

/** `epoch` 0: none so far. */
export interface ContentsReceived {
  readonly epoch: number;
  readonly next: number;
}

const { bootTagBytes, maxBootEpoch } = ImplementationLimits;

export function encodeMessage(message: Message): Uint8Array {
  switch (message.type) {
    case MessageType.reading:
    case MessageType.content:
      return encodeThree(message.type, message.number, message.payload);
    case MessageType.receipt:
      return encodeReceipt(message);
    case MessageType.registered:
      return encodeAnswer(message);
    case MessageType.dictionary:
      return encodeFlat([message.type, message.known]);
    default:
      return encodeRegistration(message);
  }
}

function encodeReceipt({ number, status, more }: Receipt): Uint8Array {
  const { receipt } = MessageType;
  return more ? encodeFlat([receipt, number, status, more]) : encodeThree(receipt, number, status);
}

function encodeRegistration({ pneId, epoch, tag, contents }: Registration): Uint8Array {
  return encodeFlat([MessageType.registration, pneId, epoch, tag, contents.epoch, contents.next]);
}

function encodeAnswer({ status, answered, epoch, grant }: RegistrationAnswer): Uint8Array {
  const items = [MessageType.registered, status, answered, epoch];
  return encodeFlat(grant === undefined ? items : [...items, grant]);
}

/** Takes `bytes` over: byte strings of it may be views of them. Refuses whatever is not exactly one message. */
export function decodeMessage(bytes: Uint8Array): Message {
  const items = decodeOwnedFlat(bytes);
  const type = items[0];
  if (type === MessageType.registration) return { type, ...readRegistration(items) };
  if (type === MessageType.registered) return { type, ...readAnswer(items) };
  const number = items[1];
  const last = items[2];
  if (typeof number !== 'number') refuse('messageInvalid');
  if (type === MessageType.dictionary && items.length === 2) return { type, known: number };
  if (type === MessageType.receipt) return { type, number, status: numberOf(last), ...moreOf(items) };
  const isOther = type !== MessageType.reading && type !== MessageType.content;
  if (items.length !== 3 || typeof last !== 'object' || isOther) refuse('messageInvalid');
  return { type, number, payload: last };
}

function moreOf(items: readonly (FlatItem | undefined)[]): { more?: number } {
  if (items.length === 3) return {};
  const more = numberOf(items[3]);
  return items.length === 4 && more > 0 && more < 2 ** 31 ? { more } : refuse('messageInvalid');
}

function readRegistration(items: readonly (FlatItem | undefined)[]): Registration {
  const [, pneId, epoch, tag, contentsEpoch, next] = items;
  if (items.length !== 6 || typeof pneId !== 'string' || typeof tag !== 'object') refuse('messageInvalid');
  const contents = { epoch: epochOf(contentsEpoch), next: numberOf(next) };
  if (tag.length !== bootTagBytes) refuse('messageInvalid');
  return { pneId, epoch: epochOf(epoch), tag, contents };
}

function readAnswer(items: readonly (FlatItem | undefined)[]): RegistrationAnswer {
  const [, status, answered, epoch, grant] = items;
  if (items.length > 5 || (grant !== undefined && typeof grant !== 'object')) refuse('messageInvalid');
  const answer = { status: numberOf(status), answered: epochOf(answered), epoch: epochOf(epoch) };
  return grant === undefined ? answer : { ...answer, grant };
}

function epochOf(item: FlatItem | undefined): number {
  const epoch = numberOf(item);
  return epoch <= maxBootEpoch ? epoch : refuse('messageInvalid');
}

function numberOf(item: FlatItem | undefined): number {
  return typeof item === 'number' ? item : refuse('messageInvalid');
}
