// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import { ALGORITHMS, fixtureOf, type Pair } from '../../src/session/test-fixture.ts';
import { cryptoNatives } from './crypto.ts';
import { heapStatistics } from './heap.ts';

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

test.run();
