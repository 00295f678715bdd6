// SPDX-License-Identifier: Apache-2.0

/** VICI's bytes: those of a real daemon are read, and no others. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ByteReader } from '../../bytes/reader.ts';
import { NodeLimits } from '../../node-limits.ts';
import { Refusal } from '../../refusal.ts';
import { framed, listed, packets } from './recorded.testing.ts';
import { readViciMessage, type ViciSection } from './vici-message.ts';
import { readViciPacket, ViciPackets, ViciRequest, viciRequest } from './vici-packet.ts';

const test = suite('node/ipsec/vici-packet');
const ascii = (text: string) => [...Buffer.from(text)];
const section = (name: string) => [1, name.length, ...ascii(name)];
const pair = (name: string, value: string) => [
  3,
  name.length,
  ...ascii(name),
  0,
  value.length,
  ...ascii(value),
];
const list = (name: string) => [4, name.length, ...ascii(name)];
const item = (value: string) => [5, 0, value.length, ...ascii(value)];

const message = (...bytes: number[]) => readViciMessage(new ByteReader(Uint8Array.from(bytes)));
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
  return 'read';
};

test('the example of the protocol text is read', () => {
  const example = [
    ...pair('key1', 'value1'),
    ...section('section1'),
    ...section('sub-section'),
    ...pair('key2', 'value2'),
    2,
    ...list('list1'),
    ...item('item1'),
    ...item('item2'),
    6,
    2,
  ];
  const read = message(...example);
  const inner = read.get('section1') as ViciSection;
  assert.is(read.get('key1'), 'value1');
  assert.is((inner.get('sub-section') as ViciSection).get('key2'), 'value2');
  assert.equal(inner.get('list1'), ['item1', 'item2']);
});

test('what a daemon listed is read', () => {
  const ike = listed('listed-initiator')[0]!.get('cpns2') as ViciSection;
  const child = (ike.get('child-sas') as ViciSection).get('link-2') as ViciSection;
  assert.is(ike.get('remote-id'), 'server.example');
  assert.equal([child.get('spi-in'), child.get('remote-ts')], ['0f774563', ['10.10.2.1/32']]);
});

test('no part of what a daemon listed is taken for all of it', () => {
  const [whole] = packets('listed-initiator');
  const read: number[] = [];
  for (let length = 0; length < whole!.length; length += 1) {
    const outcome = refusal(() => readViciPacket(whole!.subarray(0, length)));
    if (outcome === 'read') read.push(length);
    else assert.is(outcome, 'truncated');
  }
  // Its name alone: an event that says nothing.
  assert.equal(read, [9]);
});

const HOSTILE: readonly (readonly [string, readonly number[], string])[] = [
  ['a name twice', [...pair('a', '1'), ...pair('a', '2')], 'duplicateKey'],
  ['a list with the name of a pair', [...pair('a', '1'), ...list('a'), 6], 'duplicateKey'],
  ['a section with the name of a list', [...list('a'), 6, ...section('a'), 2], 'duplicateKey'],
  ['a list in a list', [...list('a'), ...list('b'), 6, 6], 'wrongType'],
  ['a pair in a list', [...list('a'), ...pair('b', '1'), 6], 'wrongType'],
  ['an item outside of a list', [5, 1, 97, 0], 'wrongType'],
  ['the end of a section that nobody began', [2], 'wrongType'],
  ['the end of a list that nobody began', [6], 'wrongType'],
  ['an unknown element', [7, 1, 97], 'wrongType'],
  ['a section without end', section('a'), 'truncated'],
  ['a list without end', list('a'), 'truncated'],
  ['a value that is not there', [3, 1, 97, 0xff, 0xff, 1], 'truncated'],
  ['sections in sections', Array.from({ length: 20 }, () => section('a')).flat(), 'tooDeep'],
];
for (const [what, bytes, reason] of HOSTILE)
  test(`refused: ${what}`, () => {
    assert.is(
      refusal(() => message(...bytes)),
      reason,
    );
  });

test('refused: more elements than a daemon has to say', () => {
  const many = [
    ...list('a'),
    ...Array.from({ length: NodeLimits.viciMaxElements }, () => [5, 0, 0]).flat(),
    6,
  ];
  assert.is(
    refusal(() => readViciMessage(new ByteReader(Uint8Array.from(many)))),
    'tooManyItems',
  );
});

test('refused: packets of other types, and with more than theirs', () => {
  for (const bytes of [[0], [3], [4], [8], [255]])
    assert.is(
      refusal(() => readViciPacket(Uint8Array.from(bytes))),
      'wrongType',
    );
  assert.is(
    refusal(() => readViciPacket(Uint8Array.of(5, 0))),
    'trailingBytes',
  );
  assert.is(
    refusal(() => readViciPacket(new Uint8Array(0))),
    'truncated',
  );
  assert.equal(readViciPacket(Uint8Array.of(2)), { kind: 'unknown' });
  assert.equal(readViciPacket(Uint8Array.of(6)), { kind: 'unknown' });
});

test('a stream is cut into packets wherever it is cut', () => {
  const all = [...packets('listed-initiator'), ...packets('event-child-rekey'), Uint8Array.of(1)];
  const stream = Buffer.concat(all.map(framed));
  for (const size of [1, 3, 100, stream.length]) {
    const cut = new ViciPackets();
    const got: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) got.push(...cut.push(stream.subarray(at, at + size)));
    assert.equal(
      got.map(String),
      all.map((each) => String(Buffer.from(each))),
    );
  }
});

test('refused: a packet that is longer than any, before it is there', () => {
  assert.is(
    refusal(() => new ViciPackets().push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))),
    'tooLong',
  );
});

test('a request is its length, type and name', () => {
  assert.equal([...viciRequest(ViciRequest.command, 'list-sas')], [0, 0, 0, 10, 0, 8, ...ascii('list-sas')]);
  assert.is(viciRequest(ViciRequest.register, 'list-sa')[4], 3);
});

test.run();
