// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../../node-limits.ts';
import { until } from '../listener.testing.ts';
import { testConformance } from './conformance.testing.ts';
import { openLmdbStore } from './lmdb.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pne-lmdb-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
let stores = 0;
const nextFolder = () => join(scratch, String(stores++));

testConformance('lmdb', () => openLmdbStore(nextFolder()));

const test = suite('lmdb store');
const KEY = Uint8Array.of(1);
const puts = [{ key: KEY, value: Uint8Array.of(2) }];

test('what was committed is there when it is opened again', async () => {
  const folder = nextFolder();
  const store = openLmdbStore(folder);
  const version = await store.commit({ puts });
  await store.close();
  const again = openLmdbStore(folder);
  assert.equal(await again.get(KEY), { ...puts[0], version });
  await again.close();
});

test('nobody else may read it', async () => {
  const folder = nextFolder();
  await openLmdbStore(folder).close();
  assert.is(statSync(folder).mode & 0o777, 0o700);
});

test('while the disk is nearly full it commits nothing, and goes on once there is room', async () => {
  let free = NodeLimits.storeReserveBytes - 1;
  const store = openLmdbStore(nextFolder(), { freeBytes: () => free });
  const outcome = await store.commit({ puts }).catch((error: Error) => error.message);
  assert.match(String(outcome), /storeFailed/);
  assert.is(await store.get(KEY), undefined);
  free += 1;
  assert.is.not(await store.commit({ puts }), undefined);
  await store.close();
});

/** Commits in a process of its own, which ends with what `commit` came to. */
function inProcess(folder: string, work: string, shell = ''): string {
  const program = `
    import { openLmdbStore } from './src/node/store/lmdb.ts';
    const store = openLmdbStore(process.argv[1], { onBroken: () => { console.log('broken'); process.exit(0); } });
    const key = (n) => Uint8Array.of(n >> 8, n & 255);
    ${work}
  `;
  const command = `${shell} exec node --import tsx --input-type=module -e "$0" "$1"`;
  return spawnSync('sh', ['-c', command, program, folder], { encoding: 'utf8', timeout: 60_000 }).stdout;
}

test('two processes share it: a commit of the other is seen by a watch, and is a conflict', async () => {
  const folder = nextFolder();
  const store = openLmdbStore(folder);
  const version = await store.commit({ puts });
  let told = 0;
  await store.watch(KEY, () => {
    told += 1;
  });
  const said = inProcess(
    folder,
    `const { version } = await store.get(Uint8Array.of(1));
     const puts = [{ key: Uint8Array.of(1), value: Uint8Array.of(9) }];
     console.log(await store.commit({ expected: [{ key: Uint8Array.of(1), version }], puts }));
     await store.close();`,
  );
  await until(() => told === 1, 'the other process');
  assert.equal(await store.get(KEY), { key: KEY, value: Uint8Array.of(9), version: Number(said) });
  assert.is(await store.commit({ expected: [{ key: KEY, version }], puts }), undefined);
  await store.close();
});

test('where a write fails the process learns of it, and what was committed before is there', async () => {
  const folder = nextFolder();
  const said = inProcess(
    folder,
    `for (let n = 1; n < 1000; n += 1) {
       const version = await store.commit({ puts: [{ key: key(n), value: new Uint8Array(1500) }] });
       console.log(n);
     }`,
    "trap '' XFSZ; ulimit -f 400;",
  );
  const lines = said.trim().split('\n');
  assert.is(lines.pop(), 'broken');
  const store = openLmdbStore(folder);
  const there = await store.range(new Uint8Array(0), 1000);
  assert.ok(lines.length > 10);
  assert.equal(
    there.map(({ key }) => String(key[0]! * 256 + key[1]!)),
    lines,
  );
  await store.close();
});

test.run();
