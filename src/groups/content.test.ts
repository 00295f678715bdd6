// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { encodeCompressed } from '../session/compressed.ts';
import { encodeContent, kidOf, parseContent, type Sender } from './content.ts';

const test = suite('group content');

const BODY = new Uint8Array(9).fill(0xee);
const { groupMaxMembers, maxBootEpoch, maxGroupReference } = ImplementationLimits;

function make(reference: number, epoch: number, sender: Sender, sequence: number): Uint8Array {
  const record = encodeCompressed(sequence, kidOf(sender), undefined, BODY);
  return encodeContent(reference, epoch, record);
}

function isRefused(content: readonly number[]): boolean {
  try {
    parseContent(Uint8Array.from(content));
    return false;
  } catch (error) {
    assert.instance(error, Refusal);
    return true;
  }
}

test('what is encoded is read, whoever sends whatever to whichever group', () => {
  for (const reference of [1, 2, 3, 4, 127, 128, 20_000, maxGroupReference])
    for (const number of [0, 1, 255, 256, groupMaxMembers - 1])
      for (const boot of [0, 1, 255, 256, maxBootEpoch])
        for (const sequence of [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 20 - 1]) {
          const content = make(reference, 6, { number, boot }, sequence);
          const parsed = parseContent(content);
          assert.equal(
            { ...parsed, record: undefined },
            { reference, epoch: 2, sender: { number, boot }, sequence, record: undefined },
          );
          assert.equal(parsed.record, encodeCompressed(sequence, kidOf({ number, boot }), undefined, BODY));
        }
});

test('a header takes three bytes, four where a group, a sender or a number is further away', () => {
  const length = (...of: Parameters<typeof make>) => make(...of).length - BODY.length;
  assert.is(length(2, 1, { number: 9, boot: 0 }, 127), 3);
  assert.is(length(2, 1, { number: 9, boot: 0 }, 255), 3);
  assert.is(length(2, 1, { number: 9, boot: 0 }, 65_535), 4);
  assert.is(length(2, 1, { number: 9, boot: 7 }, 255), 4);
  assert.is(length(8, 1, { number: 9, boot: 0 }, 255), 4);
  assert.is(length(2, 1, { number: 300, boot: 0 }, 255), 6);
});

test('whatever can be read is encoded as the same bytes again', () => {
  const below = createBelow(1);
  let read = 0;
  for (let round = 0; round < 4000; round++) {
    const content = Array.from({ length: 6 + (round % 12) }, () => below(256));
    if (isRefused(content)) continue;
    read += 1;
    const { reference, epoch, record } = parseContent(Uint8Array.from(content));
    assert.equal([...encodeContent(reference, epoch, record)], content);
  }
  assert.ok(read > 500, `${read}`);
});

test('what ends within its header, or has no body, is refused', () => {
  const content = [...make(4, 1, { number: 300, boot: 0 }, 300)];
  for (let length = 0; length <= content.length - BODY.length; length++)
    assert.ok(isRefused(content.slice(0, length)), `${length}`);
});

test('another form of the same is refused', () => {
  const rest = [...BODY];
  assert.ok(isRefused([0x02, 0x01, 0x01, ...rest]), 'no Partial IV');
  assert.ok(isRefused([0x72, 0x01, 0x01, ...rest]), 'a kid of no length');
  assert.ok(isRefused([0x82, 0x00, 0x01, 0x01, ...rest]), 'a Partial IV with a zero in front');
  assert.ok(isRefused([0x40, 0x03, 0x01, 0x01, ...rest]), 'a near reference as a far one');
  assert.ok(isRefused([0x40, 0x84, 0x00, 0x01, 0x01, ...rest]), 'a reference with a zero behind');
  assert.ok(isRefused([0x40, 0xff, 0xff, 0xff, 0x7f, 0x01, 0x01, ...rest]), 'a reference of no group');
  assert.ok(isRefused([0x52, 0x01, 0x01, 0x00, ...rest]), 'boot 0 as another');
  assert.ok(isRefused([0x62, 0x01, 0x00, 0x20, 0x00, 0x05, ...rest]), 'a small boot in four bytes');
  assert.ok(isRefused([0x62, 0x01, 0x80, 0x00, 0x00, 0x00, ...rest]), 'a sender that no group has');
});

test.run();
