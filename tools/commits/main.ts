// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run commits`: durable commits a second, of the key-value contract and of the engine alone with the same writes:
 * of lmdb, and with `--store postgres://...` of PostgreSQL in an empty database.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { open } from 'lmdb';
import { Pool } from 'pg';
import { openLmdbStore } from '../../src/node/store/lmdb.ts';
import { openPostgresStore } from '../../src/node/store/postgres.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { NodeLimits } from '../../src/node-limits.ts';
import { openScratch } from '../simulator/scratch.ts';

const SECONDS = 3;
/** PNEs that wait for their commits at the same time. */
const WRITERS = Object.freeze([1, 64]);
/** As a server's of one reading: the record of the PNE, put anew, and a row of its own. */
const RECORD = new Uint8Array(32);
const READING = new Uint8Array(48);

/** Commits the reading `number` of a writer. */
type Commit = (writer: number, number: number) => Promise<void>;

interface Row {
  readonly store: string;
  readonly writers: number;
  readonly commitsPerSecond: number;
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, store: { type: 'string' } },
});
const rows: Row[] = [];
if (values.store === undefined) await measureLmdb();
else await measurePostgres(values.store);
if (values.json) console.log(JSON.stringify({ rows }, null, 2));
else
  for (const { store, writers, commitsPerSecond } of rows)
    console.log(`${store}, ${writers} at once: ${commitsPerSecond}/s`);
process.exit(0);

async function measureLmdb(): Promise<void> {
  const scratch = openScratch();
  for (const writers of WRITERS) {
    const folder = (name: string) => join(scratch.folder, `${name}-${writers}`);
    const contract = openLmdbStore(folder('contract'));
    await add('contract over lmdb', writers, over(contract));
    await contract.close();
    await add('lmdb alone', writers, alone(folder('alone')));
  }
  scratch.remove();
}

async function measurePostgres(url: string): Promise<void> {
  for (const writers of WRITERS) {
    const contract = await openPostgresStore(url);
    if ((await contract.range(new Uint8Array(0), 1)).length > 0) throw new Error('the database is not empty');
    await add('contract over PostgreSQL', writers, over(contract));
    await contract.close();
    const pool = new Pool({ connectionString: url, max: NodeLimits.postgresConnections });
    await pool.query('DELETE FROM pne_entries');
    await add('PostgreSQL alone', writers, upserting(pool));
    await pool.query('DELETE FROM pne_entries');
    await pool.end();
  }
}

async function add(store: string, writers: number, commit: Commit): Promise<void> {
  rows.push({ store, writers, commitsPerSecond: await measure(writers, commit) });
}

async function measure(writers: number, commit: Commit): Promise<number> {
  const end = Date.now() + 1000 * SECONDS;
  const counts = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let count = 0;
      for (; Date.now() < end; count += 1) await commit(writer, count);
      return count;
    }),
  );
  return Math.round(counts.reduce((sum, count) => sum + count, 0) / SECONDS);
}

function over(store: KeyValueStore): Commit {
  const versions = new Map<number, number>();
  return async (writer, number) => {
    const key = recordKey(writer);
    const expected = [{ key, version: versions.get(writer) }];
    const puts = [
      { key, value: RECORD },
      { key: readingKey(writer, number), value: READING },
    ];
    const version = await store.commit({ expected, puts });
    if (version === undefined) throw new Error('a conflict that cannot be');
    versions.set(writer, version);
  };
}

/** Expects nothing, and has no versions: both entries in one batch. */
function alone(path: string): Commit {
  const root = open<Uint8Array, Uint8Array>({ path, noSubdir: false, overlappingSync: false });
  const rowsOf = root.openDB<Uint8Array, Uint8Array>('entries', {
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  return async (writer, number) => {
    await rowsOf.batch(() => {
      void rowsOf.put(recordKey(writer), RECORD);
      void rowsOf.put(readingKey(writer, number), READING);
    });
  };
}

/** Expects nothing, at the isolation level that PostgreSQL has by default. */
function upserting(pool: Pool): Commit {
  const statement = `INSERT INTO pne_entries (key, value, version) VALUES ($1, $2, 1), ($3, $4, 1)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
  return async (writer, number) => {
    const keys = [recordKey(writer), readingKey(writer, number)].map((key) => Buffer.from(key));
    await pool.query(statement, [keys[0], Buffer.from(RECORD), keys[1], Buffer.from(READING)]);
  };
}

function recordKey(writer: number): Uint8Array {
  return Uint8Array.of(0x70, writer);
}

function readingKey(writer: number, number: number): Uint8Array {
  return Uint8Array.of(0x72, writer, number >> 24, number >> 16, number >> 8, number);
}
