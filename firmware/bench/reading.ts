// SPDX-License-Identifier: Apache-2.0

/** The whole way of a reading from its value to values of ATT, and of a receipt and a content back, step by step. */
import { Algorithm } from '../../src/crypto/algorithms.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { Channel } from '../../src/link/channel.ts';
import { Fragmenter } from '../../src/link/fragmenter.ts';
import { Reassembler } from '../../src/link/reassembler.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import { refuse } from '../../src/refusal.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from '../../src/roles/message.ts';
import { protectNested, unprotectNested } from '../../src/session/nested.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import type { BenchOperation, OperationGroup } from './operation.ts';
import { togetherOperations } from './together.ts';

/** As a sensor has it: five fields, 64 bytes as a payload. */
export const READING = Object.freeze({
  index: 1234,
  temperature: 21.375,
  humidity: 48.5,
  place: 'roof',
  ok: true,
});
const CONTENT = Object.freeze({ interval: 1000 });
const NUMBER = 100;
/** Of an ATT_MTU of 247. */
const VALUE_BYTES = 244;
const ALGORITHM = Algorithm.AES_CCM_16_64_128;

/** Both ends of both interfaces. */
interface Ends {
  readonly pneHop: Session;
  readonly gatewayHop: Session;
  readonly pne: Session;
  readonly server: Session;
}

export function readingOperations(provider: CryptoProvider, payloads: PnePayloads): OperationGroup[] {
  const ends: Ends = {
    pneHop: openSession(provider, 0, 1, 1),
    gatewayHop: openSession(provider, 1, 0, 1),
    pne: openSession(provider, 0, 1, 2),
    server: openSession(provider, 1, 0, 2),
  };
  const content = payloads.encode(CONTENT);
  return [
    () => upOperations(ends, payloads),
    () => togetherOperations(ends.pneHop, ends.pne, payloads, READING, NUMBER, VALUE_BYTES),
    () =>
      downOperations('receipt', ends, payloads, {
        type: MessageType.receipt,
        number: NUMBER,
        status: 0,
        more: 0,
      }),
    () =>
      downOperations('content', ends, payloads, {
        type: MessageType.content,
        number: NUMBER,
        payload: content,
      }),
  ];
}

function upOperations({ pneHop, pne }: Ends, payloads: PnePayloads): BenchOperation[] {
  const fragmenter = new Fragmenter();
  const toPayload = () => payloads.encode(READING);
  const toMessage = (payload: Uint8Array) =>
    encodeMessage({ type: MessageType.reading, number: NUMBER, payload });
  const toRecords = (message: Uint8Array) =>
    protectNested(pneHop, Channel.hopRecord, pne, Channel.endToEndRecord, message);
  const toValues = (message: Uint8Array) => fragmenter.only(message, VALUE_BYTES);
  const payload = toPayload();
  const message = toMessage(payload);
  const outer = toRecords(message);
  const bytes = payload.length;
  return [
    { op: 'reading.payload', bytes, run: toPayload },
    { op: 'reading.message', bytes, run: () => toMessage(payload) },
    { op: 'reading.records', bytes, run: () => toRecords(message) },
    { op: 'reading.values', bytes, run: () => toValues(outer) },
    { op: 'reading', bytes, run: () => toValues(toRecords(toMessage(toPayload()))) },
  ];
}

/** `op`s are of what a PNE does. What the others do is prepared. */
function downOperations(name: string, ends: Ends, payloads: PnePayloads, message: Message): BenchOperation[] {
  const { pneHop, gatewayHop, pne, server } = ends;
  const { hopRecord, endToEndRecord } = Channel;
  const encoded = encodeMessage(message);
  const bytes = encoded.length;
  let prepared: Uint8Array[] = [];
  const toOuter = () => protectNested(gatewayHop, hopRecord, server, endToEndRecord, encoded);
  const prepare = (make: () => Uint8Array) => (count: number) => {
    prepared = Array.from({ length: count }, make);
  };
  const toMessage = (outer: Uint8Array) =>
    unprotectNested(pneHop, outer, pne, endToEndRecord, decodeMessage, refuseOther)!;
  const handle = (outer: Uint8Array) => {
    const decoded = toMessage(outer);
    if (decoded.type === MessageType.content) payloads.decode(decoded.payload);
  };
  const values = { fragmenter: new Fragmenter(), reassembler: new Reassembler(noTimer, () => {}) };
  const whole = { fragmenter: new Fragmenter(), reassembler: new Reassembler(noTimer, handle) };
  const toValue = (fragmenter: Fragmenter) => () => fragmenter.only(toOuter(), VALUE_BYTES)!;
  const payload = message.type === MessageType.content ? message.payload : undefined;
  return [
    {
      op: `${name}.values`,
      bytes,
      prepare: prepare(toValue(values.fragmenter)),
      run: (at) => values.reassembler.push(prepared[at]!),
    },
    { op: `${name}.message`, bytes, prepare: prepare(toOuter), run: (at) => toMessage(prepared[at]!) },
    ...(payload ? [{ op: `${name}.payload`, bytes, run: () => payloads.decode(payload) }] : []),
    {
      op: name,
      bytes,
      prepare: prepare(toValue(whole.fragmenter)),
      run: (at) => whole.reassembler.push(prepared[at]!),
    },
  ];
}

function refuseOther(): never {
  return refuse('stateInvalid');
}

function noTimer() {
  return { cancel(): void {} };
}

export function openSession(provider: CryptoProvider, own: number, peer: number, key: number): Session {
  return createSession(
    {
      provider,
      algorithm: ALGORITHM,
      masterSecret: provider.secret(new Uint8Array(16).fill(key)),
      masterSalt: new Uint8Array(8),
      senderId: Uint8Array.of(own),
      recipientId: Uint8Array.of(peer),
    },
    { firstSequenceNumber: 0, reserve() {} },
  );
}
