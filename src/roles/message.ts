// SPDX-License-Identifier: Apache-2.0

/**
 * Messages inside protected records of CPNS-3 (PNE - CPNS Server):
 *
 *     message      = registration / reading / receipt / content / registered
 *     registration = [0, pne-id: tstr, epoch: uint, tag: bstr .size 4, contents]
 *     contents     = (epoch: uint, next: uint)          ; received so far: stream, and one above the highest
 *     reading      = [1, number: uint, payload: bstr]   ; PNE -> server
 *     receipt      = [2, number: uint, status: uint]    ; answers a reading or a content
 *     content      = [3, number: uint, payload: bstr]   ; server -> PNE
 *     registered   = [4, status: uint, answered: uint, epoch: uint, ? grant: bstr]
 *
 * A registration is answered with the PNE's epoch in it, and with the epoch of the contents to come, or the highest that
 * is known of the PNE: an answer that comes late is none to a later registration. The grant is bare
 * (src/authorization/bare.ts): what the server may do at the PNE.
 *
 * A payload is one application item (see src/payload). Nothing but a registration is sent before it is answered in
 * the same session: it fixes the epoch of each direction, in which messages are numbered from 0.
 */
import { decodeFlat, encodeFlat, encodeThree, type FlatItem } from '../cbor/flat.ts';
import type { Boot } from '../delivery/boot.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

export const MessageType = Object.freeze({
  registration: 0,
  reading: 1,
  receipt: 2,
  content: 3,
  registered: 4,
} as const);

export type Message =
  | ({ readonly type: typeof MessageType.registration } & Registration)
  | { readonly type: typeof MessageType.reading; readonly number: number; readonly payload: Uint8Array }
  | { readonly type: typeof MessageType.receipt; readonly number: number; readonly status: number }
  | { readonly type: typeof MessageType.content; readonly number: number; readonly payload: Uint8Array }
  | ({ readonly type: typeof MessageType.registered } & RegistrationAnswer);

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
      return encodeThree(message.type, message.number, message.status);
    case MessageType.registered:
      return encodeAnswer(message);
    default:
      return encodeRegistration(message);
  }
}

function encodeRegistration({ pneId, epoch, tag, contents }: Registration): Uint8Array {
  return encodeFlat([MessageType.registration, pneId, epoch, tag, contents.epoch, contents.next]);
}

function encodeAnswer({ status, answered, epoch, grant }: RegistrationAnswer): Uint8Array {
  const items = [MessageType.registered, status, answered, epoch];
  return encodeFlat(grant === undefined ? items : [...items, grant]);
}

/** Byte strings in it are copies. Refuses whatever is not exactly one message. */
export function decodeMessage(bytes: Uint8Array): Message {
  const items = decodeFlat(bytes);
  const type = items[0];
  if (type === MessageType.registration) return { type, ...readRegistration(items) };
  if (type === MessageType.registered) return { type, ...readAnswer(items) };
  const number = items[1];
  const last = items[2];
  if (items.length !== 3 || typeof number !== 'number') refuse('messageInvalid');
  if (typeof last === 'object') {
    if (type === MessageType.reading || type === MessageType.content) return { type, number, payload: last };
  } else if (typeof last === 'number') {
    if (type === MessageType.receipt) return { type, number, status: last };
  }
  return refuse('messageInvalid');
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
