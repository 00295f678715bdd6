// SPDX-License-Identifier: Apache-2.0

import { createECDH } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Transport } from 'ble-host';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeSmp, type PairingSide } from './smp.ts';
import { filterSmp } from './smp-filter.ts';

const test = suite('node/ble/smp-filter');

const SMP = 6;
const ATT = 4;
const HANDLE = 0x40;
const SIDE: PairingSide = { ioCapabilities: 4, demand: { authenticated: true } };
const GOOD = Uint8Array.of(1, 4, 0, 0x0d, 16, 0, 0);
const LEGACY = Uint8Array.of(1, 4, 0, 0x05, 16, 0, 0);
const SHORT_KEY = Uint8Array.of(1, 4, 0, 0x0d, 7, 0, 0);

interface Message {
  readonly cid: number;
  readonly bytes: Uint8Array;
}

/** A filter with its two ends: what the controller gives, and what ble-host hears. */
function filtered() {
  const sent: Uint8Array[] = [];
  const controller: Transport = Object.assign(new EventEmitter(), {
    write: (packet: Buffer) => void sent.push(Uint8Array.from(packet)),
  });
  const heard: Buffer[] = [];
  const filter = filterSmp(controller, SIDE);
  filter.on('data', (packet: Buffer) => heard.push(packet));
  return { filter, heard, sent, give: (packet: Uint8Array) => controller.emit('data', Buffer.from(packet)) };
}

function acl(boundary: number, bytes: Uint8Array, handle = HANDLE): Uint8Array {
  const named = handle | (boundary << 12);
  return Uint8Array.of(2, named & 0xff, named >> 8, bytes.length & 0xff, bytes.length >> 8, ...bytes);
}

function l2cap(cid: number, bytes: Uint8Array, length = bytes.length): Uint8Array {
  return Uint8Array.of(length & 0xff, length >> 8, cid, 0, ...bytes);
}

/** As packets of at most `size` bytes. */
function cut(message: Uint8Array, size: number, handle = HANDLE): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += size)
    packets.push(acl(at === 0 ? 2 : 1, message.subarray(at, at + size), handle));
  return packets;
}

/** What ble-host 1.0.3 makes of packets (adapter.js, onData): its rules, with their oddities. */
function messagesOf(packets: readonly Uint8Array[]): Message[] {
  const messages: Message[] = [];
  const partial = new Map<number, number[]>();
  const finish = (bytes: readonly number[]) =>
    messages.push({ cid: bytes[2]! | (bytes[3]! << 8), bytes: Uint8Array.from(bytes.slice(4)) });
  for (const packet of packets) {
    const named = packet[1]! | (packet[2]! << 8);
    const [handle, boundary] = [named & 0xfff, (named >> 12) & 3];
    const data = [...packet.subarray(5)];
    const before = partial.get(handle);
    if (boundary === 2) {
      partial.delete(handle);
      const length = 4 + (data[0]! | (data[1]! << 8));
      if (data.length >= 4 && length === data.length) finish(data);
      else if (data.length < 4 || length > data.length) partial.set(handle, data);
    } else if (boundary === 1 && before !== undefined) {
      before.push(...data);
      if (before.length >= 4 && 4 + (before[0]! | (before[1]! << 8)) === before.length) {
        partial.delete(handle);
        finish(before);
      }
    }
  }
  return messages;
}

/** Mulberry32. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test('what is refused is heard as a failure of the peer, however it is cut', () => {
  for (const [pdu, reason] of [
    [LEGACY, 3],
    [SHORT_KEY, 6],
  ] as const) {
    for (let size = 1; size <= 11; size += 1) {
      const { give, heard } = filtered();
      for (const packet of cut(l2cap(SMP, pdu), size)) give(packet);
      assert.equal(messagesOf(heard), [{ cid: SMP, bytes: Uint8Array.of(5, reason) }], `${size} octets each`);
    }
  }
});

test('what passes is heard octet for octet, however it is cut', () => {
  for (let size = 1; size <= 11; size += 1) {
    const { give, heard } = filtered();
    const packets = cut(l2cap(SMP, GOOD), size);
    for (const packet of packets) give(packet);
    assert.equal(
      heard.map((packet) => Uint8Array.from(packet)),
      packets,
    );
  }
});

test('attributes pass, even where they look like a PDU that is refused', () => {
  const { give, heard } = filtered();
  for (const size of [1, 4, 11]) for (const packet of cut(l2cap(ATT, LEGACY), size)) give(packet);
  assert.is(messagesOf(heard).length, 3);
  assert.ok(messagesOf(heard).every(({ cid }) => cid === ATT));
});

test('two connections do not mix', () => {
  const { give, heard } = filtered();
  const [one, other] = [cut(l2cap(SMP, LEGACY), 3, 1), cut(l2cap(SMP, GOOD), 3, 2)];
  for (const [at, packet] of one.entries()) {
    give(packet);
    give(other[at]!);
  }
  assert.equal(messagesOf(heard), [
    { cid: SMP, bytes: Uint8Array.of(5, 3) },
    { cid: SMP, bytes: GOOD },
  ]);
});

test('what a connection has begun ends with it', () => {
  const { give, heard } = filtered();
  const [first, ...rest] = cut(l2cap(SMP, LEGACY), 6);
  give(first!);
  give(Uint8Array.of(4, 5, 4, 0, HANDLE, 0, 0x13));
  for (const packet of rest) give(packet);
  assert.equal(messagesOf(heard.filter(([type]) => type === 2)), []);
});

test('a reflected key is known by what this end has sent, however that was cut', () => {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey('0b'.repeat(32), 'hex');
  const point = ecdh.getPublicKey();
  const key = Uint8Array.of(0x0c, ...point.subarray(1, 33).reverse(), ...point.subarray(33).reverse());
  assert.is(judgeSmp(key, SIDE), undefined);
  for (const size of [5, 27, 69]) {
    const { filter, give, heard, sent } = filtered();
    for (const [at, packet] of cut(l2cap(SMP, key), size).entries()) {
      packet[2] = at === 0 ? 0 : 0x10;
      filter.write(Buffer.from(packet));
    }
    give(acl(2, l2cap(SMP, key)));
    assert.is(sent.length, Math.ceil(69 / size));
    assert.equal(messagesOf(heard), [{ cid: SMP, bytes: Uint8Array.of(5, 10) }]);
  }
});

test('packets that are no packets are passed on for ble-host to refuse, and nothing throws', () => {
  const { give, heard } = filtered();
  const hostile = [
    [],
    [2],
    [2, 0, 0x20],
    [2, 0, 0x20, 0],
    [4],
    [4, 5],
    [4, 5, 4],
    [4, 5, 4, 0],
    [4, 5, 4, 0, 1],
    [9, 9],
  ];
  for (const packet of hostile) give(Uint8Array.from(packet));
  assert.is(heard.length, hostile.length);
});

test('whatever comes in whatever pieces, ble-host hears no PDU of SMP that is refused', () => {
  const random = seeded(5);
  let refused = 0;
  for (let round = 0; round < 3000; round += 1) {
    const { give, heard } = filtered();
    const packets = hostileStream(random);
    for (const packet of packets) give(packet);
    for (const { cid, bytes } of messagesOf(heard))
      if (cid === SMP) assert.is(judgeSmp(bytes, SIDE), undefined, `round ${round}`);
    refused += messagesOf(packets).filter(
      ({ cid, bytes }) => cid === SMP && judgeSmp(bytes, SIDE) !== undefined,
    ).length;
  }
  // The control: without the filter it would.
  assert.ok(refused > 1000, `${refused}`);
});

/** PDUs cut anywhere, with lengths that lie, pieces that lack and pieces that nobody asked for. */
function hostileStream(random: (below: number) => number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  const pdus = [
    GOOD,
    LEGACY,
    SHORT_KEY,
    new Uint8Array(66).fill(0x0c),
    new Uint8Array(300),
    new Uint8Array(0),
  ];
  for (let count = 0; count < 6; count += 1) {
    const pdu = pdus[random(pdus.length)]!;
    const length = random(4) === 0 ? random(80) : pdu.length;
    const message = l2cap(random(3) === 0 ? ATT : SMP, pdu, length);
    const pieces = cut(message, 1 + random(random(2) === 0 ? 6 : 80), random(2));
    if (random(5) === 0) pieces.splice(random(pieces.length), 1);
    if (random(5) === 0)
      pieces.splice(random(pieces.length + 1), 0, acl(random(4), new Uint8Array(random(9)), random(2)));
    packets.push(...pieces);
  }
  return packets;
}

test.run();
