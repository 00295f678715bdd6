// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeThree } from '../../src/cbor/flat.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { Fragmenter } from '../../src/link/fragmenter.ts';
import { Reassembler } from '../../src/link/reassembler.ts';
import { protectNested, unprotectNested } from '../../src/session/nested.ts';
import { ALGORITHMS, fixtureOf, type Pair } from '../../src/session/test-fixture.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { heapStatistics } from '../platform/heap.ts';

const RECORDS = 10_000;

const test = suite('heap of records');
const { pair } = fixtureOf(createNativeProvider(cryptoNatives()!));
const plaintext = new Uint8Array(64).fill(5);
const target = new Uint8Array(128);
/** The first call makes what later ones use again. */
heapStatistics();

/** Every kind of call, and a forged record in every hundred. */
function passRecords({ pne, server }: Pair, count: number): void {
  for (let i = 0; i < count; i++) {
    const length = pne.protectInto(plaintext, target);
    server.unprotect(target.subarray(0, length));
    const record = pne.protect(plaintext);
    if (i % 100 === 0) assert.throws(() => server.unprotect(record.slice(0, -1)));
    server.unprotect(record);
  }
}

for (const [name, algorithm] of ALGORITHMS) {
  test(`${name}: ${RECORDS} records leave not one byte more than 100 do`, () => {
    const ends = pair(algorithm);
    passRecords(ends, 100);
    const before = heapStatistics().usedBytes;
    passRecords(ends, RECORDS / 2);
    assert.is(heapStatistics().usedBytes, before);
  });
}

const RECEIPT = encodeThree(2, 100, 0);
const CONTENT = encodeThree(3, 100, new Uint8Array(12).fill(7));

test(`${RECORDS} receipts and contents within hop records, in frames, leave not one byte more than 100 do`, () => {
  const [hop, endToEnd] = [pair(ALGORITHMS[0]![1]), pair(ALGORITHMS[0]![1])];
  const fragmenter = new Fragmenter();
  let received = 0;
  const decode = () => assert.unreachable('a message that C decodes');
  const reassembler = new Reassembler(
    () => ({ cancel: () => assert.unreachable('a timer') }),
    (message) => {
      const held = unprotectNested(hop.pne, message, endToEnd.pne, 4, decode, () => assert.unreachable());
      if (held?.number === 100) received += 1;
    },
  );
  const pass = (count: number) => {
    for (let i = 0; i < count; i++) {
      const sent = i % 2 === 0 ? RECEIPT : CONTENT;
      reassembler.push(fragmenter.only(protectNested(hop.server, 2, endToEnd.server, 4, sent), 244)!);
    }
  };
  pass(100);
  const before = heapStatistics().usedBytes;
  pass(RECORDS);
  assert.is(heapStatistics().usedBytes, before);
  assert.is(received, RECORDS + 100);
});

test.run();
