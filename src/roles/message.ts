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
 *     registered   = [4, status: uint, epoch: uint]     ; of the contents to come, or the highest of the PNE
 *
 * A payload is one application item (see src/payload). Nothing but a registration is sent before it is answered in
 * the same session: it fixes the epoch of each direction, in which messages are numbered from 0.
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
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
  | { readonly type: typeof MessageType.registered; readonly status: number; readonly epoch: number };

/** Who a PNE is, which boot of it this is, and which contents it has. */
export interface Registration extends Boot {
  readonly pneId: string;
  readonly contents: ContentsReceived;
}

/** `epoch` 0: none so far. */
export interface ContentsReceived {
  readonly epoch: number;
  readonly next: number;
}

const { bootTagBytes, maxBootEpoch } = ImplementationLimits;
const FIELDS = Object.freeze([5, 2, 2, 2, 2]);

export function encodeMessage(message: Message): Uint8Array {
  const writer = new CborWriter().array(1 + FIELDS[message.type]!).integer(message.type);
  switch (message.type) {
    case MessageType.registration:
      return writeRegistration(writer, message).finish();
    case MessageType.registered:
      return writer.integer(message.status).integer(message.epoch).finish();
    case MessageType.receipt:
      return writer.integer(message.number).integer(message.status).finish();
    default:
      return writer.integer(message.number).byteString(message.payload).finish();
  }
}

function writeRegistration(writer: CborWriter, { pneId, epoch, tag, contents }: Registration): CborWriter {
  writer.textString(pneId).integer(epoch).byteString(tag);
  return writer.integer(contents.epoch).integer(contents.next);
}

/** Payloads and tags are borrowed from `bytes`. Refuses whatever is not exactly one message. */
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
      return { type, ...readRegistration(reader) };
    case MessageType.reading:
    case MessageType.content:
      return { type, number: reader.unsigned(), payload: reader.byteString() };
    case MessageType.receipt:
      return { type, number: reader.unsigned(), status: reader.unsigned() };
    case MessageType.registered:
      return { type, status: reader.unsigned(), epoch: reader.unsigned() };
    default:
      return refuse('messageInvalid');
  }
}

function readRegistration(reader: CborReader): Registration {
  const pneId = reader.textString();
  const epoch = reader.unsigned();
  const tag = reader.byteString();
  const contents = { epoch: reader.unsigned(), next: reader.unsigned() };
  if (tag.length !== bootTagBytes || Math.max(epoch, contents.epoch) > maxBootEpoch) refuse('messageInvalid');
  return { pneId, epoch, tag, contents };
}
