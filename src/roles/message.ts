// SPDX-License-Identifier: Apache-2.0

/**
 * Messages inside protected records of CPNS-3 (PNE - CPNS Server):
 *
 *     message      = registration / reading / receipt / content / registered
 *     registration = [0, pne-id: tstr]                  ; PNE -> server, after every link-up
 *     reading      = [1, id: uint, payload: bstr]       ; PNE -> server
 *     receipt      = [2, id: uint, status: uint]        ; answers a reading or a content
 *     content      = [3, id: uint, payload: bstr]       ; server -> PNE
 *     registered   = [4, status: uint]                  ; answers a registration
 *
 * A payload is one application item (see src/payload). Ids count per direction and never go back.
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

export const MessageType = Object.freeze({
  registration: 0,
  reading: 1,
  receipt: 2,
  content: 3,
  registered: 4,
} as const);

export type Message =
  | { readonly type: typeof MessageType.registration; readonly pneId: string }
  | { readonly type: typeof MessageType.reading; readonly id: number; readonly payload: Uint8Array }
  | { readonly type: typeof MessageType.receipt; readonly id: number; readonly status: number }
  | { readonly type: typeof MessageType.content; readonly id: number; readonly payload: Uint8Array }
  | { readonly type: typeof MessageType.registered; readonly status: number };

const FIELDS = Object.freeze([1, 2, 2, 2, 1]);

export function encodeMessage(message: Message): Uint8Array {
  const writer = new CborWriter().array(1 + FIELDS[message.type]!).integer(message.type);
  switch (message.type) {
    case MessageType.registration:
      return writer.textString(message.pneId).finish();
    case MessageType.registered:
      return writer.integer(message.status).finish();
    case MessageType.receipt:
      return writer.integer(message.id).integer(message.status).finish();
    default:
      return writer.integer(message.id).byteString(message.payload).finish();
  }
}

/** Payloads are borrowed from `bytes`. Refuses whatever is not exactly one message. */
export function decodeMessage(bytes: Uint8Array): Message {
  const reader = new CborReader(bytes);
  const length = reader.array();
  const type = reader.unsigned();
  if (length - 1 !== FIELDS[type]) refuse('messageInvalid');
  const message = decodeFields(type, reader);
  reader.end();
  return message;
}

function decodeFields(type: number, reader: CborReader): Message {
  switch (type) {
    case MessageType.registration:
      return { type, pneId: reader.textString() };
    case MessageType.reading:
    case MessageType.content:
      return { type, id: reader.unsigned(), payload: reader.byteString() };
    case MessageType.receipt:
      return { type, id: reader.unsigned(), status: reader.unsigned() };
    case MessageType.registered:
      return { type, status: reader.unsigned() };
    default:
      return refuse('messageInvalid');
  }
}
