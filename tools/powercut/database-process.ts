// SPDX-License-Identifier: Apache-2.0

/** A process of scenarios/database.ts: commits until it kills itself, or prints what is there. */
import { writeSync } from 'node:fs';
import { openLmdbStore } from '../../src/node/store/lmdb.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { type Commit, commitsOf, inWords } from './database-plan.ts';

/** A large value beside the others, so that a commit is not written at once. */
const WEIGHT = new Uint8Array(60_000).fill(1);
const WEIGHT_KEY = Uint8Array.of(0xff);
const UNDER_WAY_MS = 1;

const [what, folder, seed, at, moment] = process.argv.slice(2) as [string, string, string, string, string];
const store = openLmdbStore(folder);
if (what === 'write') await write(store, Number(seed), Number(at));
else await print(store);
await store.close();

async function write(to: KeyValueStore, plan: number, last: number): Promise<void> {
  for (const [index, commit] of commitsOf(plan, last + 1).entries()) {
    const isLast = index === last;
    if (isLast && moment === 'before') die();
    const committing = to.commit(changesOf(commit));
    if (isLast && moment === 'begun') die();
    if (isLast && moment === 'under way') setTimeout(die, UNDER_WAY_MS);
    await committing;
    writeSync(1, 'resolved\n');
    if (isLast && moment === 'resolved') die();
    if (isLast) await new Promise((resolve) => setTimeout(resolve, 10 * UNDER_WAY_MS));
  }
}

function changesOf(commit: Commit) {
  const puts = [...commit].flatMap(([entry, value]) =>
    value === undefined ? [] : [{ key: Uint8Array.of(entry), value: Uint8Array.of(value) }],
  );
  const deletes = [...commit].flatMap(([entry, value]) =>
    value === undefined ? [Uint8Array.of(entry)] : [],
  );
  return { puts: [...puts, { key: WEIGHT_KEY, value: WEIGHT }], deletes };
}

async function print(from: KeyValueStore): Promise<void> {
  const entries = await from.range(new Uint8Array(0), 100);
  const own = entries.filter(({ key }) => key[0] !== WEIGHT_KEY[0]);
  writeSync(1, inWords(own.map(({ key, value }) => [key[0]!, value[0]!] as const)));
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('it lives');
}
