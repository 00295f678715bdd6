// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import {
  acceptedSuite,
  offeredSuites,
  readSuites,
  suiteToRetry,
  supportedSuite,
  writeSuites,
} from './suite.ts';
import { createProvider, outcome } from './test-fixture.ts';

const test = suite('cipher suites');

/** Every non-empty ordered choice of up to three out of three. */
const LISTS = [[0], [2], [3], [0, 2], [2, 0], [2, 3], [3, 2], [0, 3], [3, 0]].concat([
  [0, 2, 3],
  [0, 3, 2],
  [2, 0, 3],
  [2, 3, 0],
  [3, 0, 2],
  [3, 2, 0],
]);

test('whatever both support, one retry leads to what the Initiator prefers', () => {
  let agreed = 0;
  for (const preferred of LISTS) {
    for (const supported of LISTS) {
      const best = preferred.find((number) => supported.includes(number));
      const first = offeredSuites(preferred, preferred[0]!);
      const accepted = outcome(() => acceptedSuite(first, supported));
      assert.is(accepted, best === preferred[0] ? 'accepted' : 'suiteNotSupported');
      if (best === undefined) {
        assert.is(
          outcome(() => suiteToRetry(preferred, supported, [preferred[0]!])),
          'suiteNotSupported',
        );
      } else if (best !== preferred[0]) {
        const next = suiteToRetry(preferred, supported, [preferred[0]!]);
        assert.is(acceptedSuite(offeredSuites(preferred, next), supported), best);
        agreed += 1;
      }
    }
  }
  assert.is(agreed, 42);
});

test('refuses an offer cut or reordered so that a lesser suite is selected', () => {
  assert.is(acceptedSuite([3, 2], [2]), 2);
  for (const offered of [
    [3, 2],
    [2, 3],
    [0, 3, 2],
  ]) {
    assert.is(
      outcome(() => acceptedSuite(offered, [2, 3])),
      'suiteNotSupported',
      `${offered}`,
    );
  }
});

test('a retry is refused for suites already tried, and for none in common', () => {
  assert.is(suiteToRetry([0, 2, 3], [3, 2], [0]), 2);
  for (const [suitesR, tried] of [
    [[0], [0]],
    [[7, 24], [0]],
    [
      [2, 3],
      [0, 2],
    ],
  ] as const) {
    assert.is(
      outcome(() => suiteToRetry([0, 2, 3], suitesR, tried)),
      'suiteNotSupported',
    );
  }
});

test('does not offer what it does not prefer', () => {
  assert.is(
    outcome(() => offeredSuites([0, 2], 3)),
    'suiteNotSupported',
  );
});

test('carries suites 0 to 6 and no other', () => {
  const provider = createProvider(1);
  for (let number = -1; number < 30; number++) {
    const expected = number >= 0 && number <= 6 ? 'accepted' : 'suiteNotSupported';
    assert.is(
      outcome(() => supportedSuite(provider, number)),
      expected,
      `${number}`,
    );
  }
});

test('lacks what the provider lacks', () => {
  const provider = createProvider(1);
  const without = (curve: number) => ({ ...provider, supportsCurve: (asked: number) => asked !== curve });
  assert.is(
    outcome(() => supportedSuite(without(1), 2)),
    'suiteNotSupported',
  );
  assert.is(
    outcome(() => supportedSuite(without(4), 0)),
    'suiteNotSupported',
  );
  assert.is(
    outcome(() => supportedSuite({ ...provider, supports: (asked) => asked !== 24 }, 4)),
    'suiteNotSupported',
  );
});

test('one suite is an integer, more are an array', () => {
  for (const [suites, hex] of [
    [[2], '02'],
    [[6, 2], '820602'],
    [[24, -1], '82181820'],
  ] as const) {
    assert.is(toHex(writeSuites(new CborWriter(), suites).finish()), hex);
    assert.equal(readSuites(new CborReader(fromHex(hex))), suites);
  }
  for (const hex of ['80', '8102', '4102']) {
    assert.is(
      outcome(() => readSuites(new CborReader(fromHex(hex)))),
      'wrongType',
      hex,
    );
  }
});

test.run();
