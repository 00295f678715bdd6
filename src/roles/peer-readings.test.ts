// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { createRandom } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { compactPayloads } from '../payload/compact.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import type { Agreement } from './interface.ts';
import { type Message, MessageType, type Receipt } from './message.ts';
import { PeerLedger } from './peer-ledger.ts';
import { PeerReadings } from './peer-readings.ts';
import { NEW_PEER } from './peer-record.ts';
import { decodeNames, decodeReadings, messageTypeOf } from './readings-message.ts';
import type { Reading } from './server-store.ts';
import { Status } from './status.ts';

const test = suite('roles/peer readings');
const BOOT = Object.freeze({ epoch: 1, tag: new Uint8Array(4) });
const { dictionaryMaxNameBytes, dictionaryMaxNames, readingsMaxTogether } = ImplementationLimits;
const { dictionary, receipt } = MessageType;

/** `[6, "t", "u"]` */
const NAMES = '830661746175';

function create(isStoredAtOnce = true) {
  const session = {} as Agreement;
  const rights = { mayReport: true };
  const sent: Message[] = [];
  const received: Reading[] = [];
  const refused: ReasonName[] = [];
  const commits: ((stored: boolean) => void)[] = [];
  const ledger = new PeerLedger({
    pneId: 'pne-1',
    record: { ...NEW_PEER, boot: BOOT },
    store: {
      load: () => assert.unreachable(),
      commit: (_pneId, _record, _readings, done) => void (isStoredAtOnce ? done(true) : commits.push(done)),
    },
    after: () => ({ cancel(): void {} }),
    onSuperseded: () => assert.unreachable(),
  });
  const peer = new PeerReadings({
    pneId: 'pne-1',
    ledger,
    payloads: compactPayloads,
    permits: () => rights.mayReport,
    send: (_session, message) => sent.push(message),
    onReading: (_pneId, reading) => received.push(reading),
    onRefused: (reason) => refused.push(reason),
  });
  const receive = (hex: string) => {
    const bytes = fromHex(hex);
    peer.receive(session, messageTypeOf(bytes), bytes);
  };
  peer.greet(session);
  return { rights, session, sent, received, refused, commits, peer, receive };
}

const numbers = (list: readonly Reading[]) => list.map(({ id }) => id % 2 ** 32);

test('a session begins with what is known of its names: none', () => {
  const { sent } = create();
  assert.equal(sent, [{ type: dictionary, known: 0 }]);
});

test('readings together are each handed over, and have one receipt', () => {
  const { sent, received, receive } = create();
  receive('85050741f541f641f4');
  assert.equal(numbers(received), [7, 8, 9]);
  assert.equal(
    received.map(({ value }) => value),
    [true, null, false],
  );
  assert.equal(sent.slice(1), [{ type: receipt, number: 7, status: Status.ok, more: 3 }]);
});

test('of readings that come again only the new ones are handed over; each has its receipt', () => {
  const { sent, received, receive } = create();
  receive('830508' + '41f5');
  receive('85050741f541f641f4');
  assert.equal(numbers(received), [8, 7, 9]);
  assert.equal(sent.slice(2), [
    { type: receipt, number: 8, status: Status.ok, more: 0 },
    { type: receipt, number: 7, status: Status.ok, more: 2 },
  ]);
});

test('one that is no payload is rejected, and the others taken', () => {
  const { sent, received, refused, receive } = create();
  receive(NAMES);
  receive('86050041f541ff' + 'a200016174' + '02' + 'a10005');
  assert.equal(numbers(received), [0, 3]);
  assert.equal(refused, ['notWellFormed', 'duplicateKey']);
  assert.equal(sent.slice(2), [
    { type: receipt, number: 1, status: Status.badRequest, more: 1 },
    { type: receipt, number: 0, status: Status.ok, more: 4 },
  ]);
});

test('readings that the PNE may not report are rejected, but for those that were taken before', () => {
  const { rights, sent, received, refused, receive } = create();
  receive('83050041f5');
  rights.mayReport = false;
  receive('85050041f541f641f4');
  assert.equal(numbers(received), [0]);
  assert.equal(refused, ['notAuthorized', 'notAuthorized']);
  assert.equal(sent.slice(2), [
    { type: receipt, number: 0, status: Status.ok, more: 0 },
    { type: receipt, number: 1, status: Status.notAuthorized, more: 1 },
  ]);
});

test('readings that wait for their turn are rejected where the PNE may not report any more by then', () => {
  const { rights, sent, received, refused, commits, receive } = create(false);
  receive('83050041f5');
  receive('84050141f641f4');
  rights.mayReport = false;
  commits[0]!(true);
  assert.equal([commits.length, numbers(received)], [1, [0]]);
  assert.equal(refused, ['notAuthorized', 'notAuthorized']);
  assert.equal(sent.slice(1), [
    { type: receipt, number: 0, status: Status.ok, more: 0 },
    { type: receipt, number: 1, status: Status.notAuthorized, more: 1 },
  ]);
});

test('one that is too old to tell is neither handed over nor confirmed', () => {
  const { sent, received, refused, receive } = create();
  receive('830518' + '28' + '41f5');
  receive('84050841f541f6');
  assert.equal(numbers(received), [40, 9]);
  assert.equal(refused, ['tooOldToTell']);
  assert.equal(sent[2], { type: receipt, number: 9, status: Status.ok, more: 0 });
});

test('nothing is confirmed or handed over before it is stored, nor stored twice', () => {
  const { sent, received, refused, commits, receive } = create(false);
  receive('84050041f541f6');
  receive('85050041f541f641f4');
  assert.equal([commits.length, received.length, sent.length], [1, 0, 1]);
  commits[0]!(true);
  commits[1]!(true);
  assert.equal(numbers(received), [0, 1, 2]);
  assert.equal(sent.slice(1), [
    { type: receipt, number: 0, status: Status.ok, more: 1 },
    { type: receipt, number: 2, status: Status.ok, more: 0 },
  ]);
  assert.equal(refused, []);
});

test('names hold within a session, however often and in whatever order they are told', () => {
  const { sent, received, peer, receive } = create();
  receive('820661' + '74');
  receive(NAMES);
  receive('82066174');
  receive('830500a20001' + '0102');
  assert.equal(received[0]!.value, { t: 1, u: 2 });
  assert.is(toHex(received[0]!.payload), 'a2617401617502');
  assert.equal(
    sent.filter(({ type }) => type === dictionary),
    [0, 1, 2, 2].map((known) => ({ type: dictionary, known })),
  );
  peer.greet({} as Agreement);
  refuses('nameUnknown', () => receive('830501a10001'));
});

test('names that contradict those told before are refused, and change nothing', () => {
  const { received, receive } = create();
  receive(NAMES);
  refuses('namesInvalid', () => receive('830661756174'));
  receive('830500a10101');
  assert.equal(received[0]!.value, { u: 1 });
});

test('who uses a number that is not known is told what is', () => {
  const { sent, received, receive } = create();
  receive('82066174');
  refuses('nameUnknown', () => receive('840500a10001a10101'));
  assert.equal(sent[2], { type: dictionary, known: 1 });
  assert.is(received.length, 0);
});

test('names past the limits are refused', () => {
  const name = (length: number) => `78${length.toString(16)}${'61'.repeat(length)}`;
  assert.is(decodeNames(fromHex(`8206${name(dictionaryMaxNameBytes)}`)).length, 1);
  refuses('namesInvalid', () => decodeNames(fromHex(`8206${name(dictionaryMaxNameBytes + 1)}`)));
  refuses('namesInvalid', () => decodeNames(fromHex('830661746174')));
  const many = (count: number) =>
    `98${(count + 1).toString(16)}06${Array.from({ length: count }, (_, i) => `61${(0x40 + i).toString(16)}`).join('')}`;
  assert.is(decodeNames(fromHex(many(dictionaryMaxNames))).length, dictionaryMaxNames);
  refuses('messageInvalid', () => decodeNames(fromHex(many(dictionaryMaxNames + 1))));
  refuses('messageInvalid', () => decodeNames(fromHex('8106')));
  refuses('invalidUtf8', () => decodeNames(fromHex('820661ff')));
  refuses('trailingBytes', () => decodeNames(fromHex('8206617400')));
});

test('what is not exactly one message of readings is refused', () => {
  for (const hex of [
    '84051affffffff41f541f5',
    '83051b001fffffffffffff41f5',
    '820500',
    '830600' + '41f5',
    '83052041f5',
    '830500',
    '83050041',
    '83050041f500',
    '8305004' + '1',
    '83050001',
  ])
    assert.throws(() => decodeReadings(fromHex(hex), []), isRefusal, hex);
  const together = (count: number) => `${(0x82 + count).toString(16)}0500${'41f5'.repeat(count)}`;
  assert.is(decodeReadings(fromHex(together(readingsMaxTogether)), []).payloads.length, readingsMaxTogether);
  refuses('messageInvalid', () => decodeReadings(fromHex(together(readingsMaxTogether + 1)), []));
});

test('every mutation is taken or refused, and leaves readings and receipts in step', () => {
  const random = createRandom(0xba7c4);
  const cases = 'WebAssembly' in globalThis ? 10_000 : 600;
  let taken = 0;
  for (let i = 0; i < cases; i++) {
    const { sent, received, receive } = create();
    receive(NAMES);
    const bytes = fromHex('850501a200c618d601f541f5a100f93c00');
    for (let left = 1 + (random() % 2); left > 0; left--) bytes[random() % bytes.length] = random() % 256;
    try {
      receive(toHex(bytes));
    } catch (error) {
      assert.ok(isRefusal(error as Error), toHex(bytes));
      assert.is(received.length, 0);
      continue;
    }
    taken += 1;
    const confirmed = sent.flatMap((message) => (message.type === receipt ? confirmedBy(message) : []));
    assert.equal(numbers(received).sort(), confirmed.sort(), toHex(bytes));
  }
  assert.ok(taken > cases / 20 && taken < cases, `${taken}`);
});

function confirmedBy({ number, status, more = 0 }: Receipt): number[] {
  const all = (more * 2 + 1).toString(2).split('').reverse();
  return status === Status.ok ? all.flatMap((bit, index) => (bit === '1' ? [number + index] : [])) : [];
}

function refuses(reason: ReasonName, call: () => unknown): void {
  assert.throws(call, (error: unknown) => error instanceof Refusal && error.reasonName === reason);
}

function isRefusal(error: Error): boolean {
  return error instanceof Refusal;
}

test.run();
