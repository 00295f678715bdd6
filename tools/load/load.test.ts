// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../chaos/random.ts';
import { compare } from './compare.ts';
import { parseOptions } from './options.ts';
import { runLoad } from './run.ts';

const test = suite('load');

test('a small load on a store on disk, with gateways and the server killed, loses and doubles nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pne-load-test-'));
  const random = new Random(3);
  try {
    const result = await runLoad({
      folder: join(folder, 'load'),
      pnes: 12,
      gateways: 3,
      gatewayProcesses: 2,
      store: 'lmdb',
      seconds: 2,
      kills: 3,
      random: () => random.word() / 2 ** 32,
      onProgress(): void {},
    });
    const { lost, doubled, invented, afterRevocation, acknowledged, kills, revoked } = result;
    assert.equal([lost, doubled, invented, afterRevocation], [0, 0, 0, 0]);
    assert.equal([kills.server + kills.gateways, revoked], [3, 1]);
    assert.ok(acknowledged > 12, `${acknowledged} acknowledged`);
    for (const figure of [result.ratio, result.p50Ms, result.bytesPerPne]) assert.ok(figure > 0, `${figure}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what is lost, doubled, invented, or stored after a revocation is counted', () => {
  const sent = ['a', 'b', 'c'].map((pneId) => ({ pneId, reported: 3, accepted: [0, 1, 2] }));
  const whole = { indices: [0, 1, 2], newest: 10 };
  const compared = (other: typeof whole) =>
    compare(
      sent,
      new Map([
        ['a', whole],
        ['b', whole],
        ['c', other],
      ]),
      new Map([['c', 10]]),
    );
  const nothing = { acknowledged: 9, lost: 0, doubled: 0, invented: 0, afterRevocation: 0 };
  assert.equal(compared(whole), nothing);
  assert.equal(compared({ ...whole, indices: [0, 2] }), { ...nothing, lost: 1 });
  assert.equal(compared({ ...whole, indices: [0, 1, 1, 2] }), { ...nothing, doubled: 1 });
  assert.equal(compared({ ...whole, indices: [0, 1, 2, 3] }), { ...nothing, invented: 1 });
  assert.equal(compared({ ...whole, newest: 11 }), { ...nothing, afterRevocation: 1 });
});

const BAD: readonly (readonly [readonly string[], RegExp])[] = [
  [['--pnes', '0'], /^--pnes takes a whole number from 1 to 4000, not '0'$/],
  [['--pnes', '1e3'], /^--pnes takes a whole number from 1 to 4000, not '1e3'$/],
  [['--seconds', '0.5'], /^--seconds takes a whole number from 1 to 86400, not '0\.5'$/],
  [['--store', 'mysql://user:secret@host/x'], /^--store takes lmdb, memory or a postgres: URL$/],
  [['--frobnicate'], /^Unknown option '--frobnicate'$/],
  [['word'], /^Unexpected argument 'word'$/],
];
for (const [args, message] of BAD)
  test(`${args.join(' ')} is refused in a line`, () => {
    assert.throws(() => parseOptions(args), message);
  });

test.run();
