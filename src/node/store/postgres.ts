// SPDX-License-Identifier: Apache-2.0

/**
 * The contract over PostgreSQL, for servers on more than one machine: one table, and a commit is one statement at
 * isolation level serializable, run again where the database finds no order for it beside another.
 */
import { randomInt } from 'node:crypto';
import { type ClientBase, Pool, type QueryResult } from 'pg';
import type { RunningTimer } from '../../link/timer.ts';
import { NodeLimits } from '../../node-limits.ts';
import { Refusal, refuse } from '../../refusal.ts';
import { after as nodeAfter } from '../timer.ts';
import { type DatabaseLosses, DatabasePatience } from './postgres-losses.ts';
import * as sql from './postgres-sql.ts';
import {
  type Changes,
  CLOSED,
  checkChanges,
  type Entry,
  endOfPrefix,
  type KeyValueStore,
  type Watch,
} from './store.ts';

/** As many as an integer may have that `randomInt` draws. */
const VERSIONS = 2 ** 48 - 1;

const { postgresConnections, postgresTimeoutMs, postgresMaxAttempts, storePollMs } = NodeLimits;

/** SQLSTATE of what may succeed when it is run again, for nothing has changed. */
const TRANSIENT: readonly string[] = Object.freeze([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);

interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly version: string;
}

/**
 * Opens the store in a database, by a URL of PostgreSQL, and makes its table where it is not there. All processes of
 * one server share a database; each gateway and each other server has one of its own. Refuses a database that answers
 * before a commit is on the disk. `losses`: of a program that starts, and does not end where the database does.
 */
export async function openPostgresStore(url: string, losses?: DatabaseLosses): Promise<KeyValueStore> {
  const patience = new DatabasePatience(losses);
  const pool = new Pool({
    connectionString: url,
    max: postgresConnections,
    connectionTimeoutMillis: postgresTimeoutMs,
    query_timeout: postgresTimeoutMs,
    keepAlive: true,
    // A connection that does not take it is not used.
    onConnect: (client: ClientBase) => client.query(sql.SERIALIZABLE),
  });
  // One that is lost while nothing uses it is replaced when it is needed. Without a listener it would end the process.
  pool.on('error', () => {});
  try {
    await patience.outlast(() => prepare(pool));
  } catch (error) {
    await pool.end();
    throw error instanceof Refusal ? error : unusable(error as NodeJS.ErrnoException);
  }
  return new PostgresStore(pool, patience);
}

async function prepare(pool: Pool): Promise<void> {
  await makeTable(pool);
  await requireDurable(pool);
  await pool.query(sql.PURGE);
}

class PostgresStore implements KeyValueStore {
  private readonly pool: Pool;
  private readonly patience: DatabasePatience;
  private readonly watches = new Set<PolledKey>();
  private readonly commits = new Set<Promise<unknown>>();
  private timer: RunningTimer | undefined;
  private isClosed = false;

  constructor(pool: Pool, patience: DatabasePatience) {
    this.pool = pool;
    this.patience = patience;
  }

  async get(key: Uint8Array): Promise<Entry | undefined> {
    this.checkOpen();
    const { rows } = await this.read(sql.GET, [buffer(key)]);
    return rows[0] && entryOf(rows[0]);
  }

  async range(prefix: Uint8Array, limit: number, after?: Uint8Array): Promise<readonly Entry[]> {
    this.checkOpen();
    const end = endOfPrefix(prefix);
    const values = [buffer(prefix), buffer(after ?? new Uint8Array(0)), end && buffer(end), limit];
    const { rows } = await this.read(sql.RANGE, values);
    return rows.map(entryOf);
  }

  async commit(changes: Changes): Promise<number | undefined> {
    this.checkOpen();
    checkChanges(changes);
    const { expected = [], puts = [], deletes = [] } = changes;
    const version = 1 + randomInt(VERSIONS);
    const conditions = [
      expected.map(({ key }) => buffer(key)),
      expected.map(({ version: wanted }) => wanted ?? null),
    ];
    // An entry without a value is none: a statement that puts and deletes is still one change of the table.
    const rows = [
      [...puts.map(({ key }) => buffer(key)), ...deletes.map(buffer)],
      [...puts.map(({ value }) => buffer(value)), ...deletes.map(() => null)],
      version,
    ];
    // By name: each connection parses and plans it once.
    const statement =
      puts.length === 0
        ? { name: 'delete', text: sql.DELETE, values: [...conditions, rows[0]] }
        : { name: 'upsert', text: sql.UPSERT, values: [...conditions, ...rows] };
    const committing = again(() => this.pool.query<{ met: boolean }>(statement));
    this.commits.add(committing);
    try {
      return (await committing).rows[0]!.met ? version : undefined;
    } finally {
      this.commits.delete(committing);
    }
  }

  async watch(key: Uint8Array, onChange: () => void): Promise<Watch> {
    this.checkOpen();
    const own = buffer(key.slice());
    const [known] = (await this.versionsOf([own])).values();
    const watch: PolledKey = new PolledKey(own, known, onChange, () => this.watches.delete(watch));
    this.watches.add(watch);
    this.timer ??= this.wait();
    return watch;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    await Promise.allSettled(this.commits);
    await this.pool.end();
  }

  private read(statement: string, values: unknown[]): Promise<QueryResult<Row>> {
    return this.patience.outlast(() => again(() => this.pool.query<Row>(statement, values)));
  }

  private checkOpen(): void {
    if (this.isClosed) refuse('storeFailed', CLOSED);
  }

  private wait(): RunningTimer {
    return nodeAfter(storePollMs, () => void this.poll());
  }

  private async poll(): Promise<void> {
    if (this.watches.size > 0) await this.look([...this.watches]);
    if (!this.isClosed) this.timer = this.wait();
  }

  /** A look that fails is one that comes later. */
  private async look(watches: readonly PolledKey[]): Promise<void> {
    const versions = await this.versionsOf(watches.map(({ key }) => key)).catch(() => undefined);
    if (versions === undefined || this.isClosed) return;
    for (const watch of watches)
      if (this.watches.has(watch)) watch.see(versions.get(watch.key.toString('hex')));
  }

  /** By key in hexadecimal digits. */
  private async versionsOf(keys: readonly Buffer[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.read(sql.VERSIONS, [keys]);
    return new Map(rows.map(({ key, version }) => [key.toString('hex'), version]));
  }
}

/** One entry that somebody watches. */
class PolledKey implements Watch {
  readonly key: Buffer;
  private readonly onChange: () => void;
  private readonly onClosed: () => void;
  private known: string | undefined;

  constructor(key: Buffer, known: string | undefined, onChange: () => void, onClosed: () => void) {
    this.key = key;
    this.known = known;
    this.onChange = onChange;
    this.onClosed = onClosed;
  }

  close(): void {
    this.onClosed();
  }

  see(version: string | undefined): void {
    const isChanged = version !== this.known;
    this.known = version;
    if (isChanged) this.onChange();
  }
}

/** Where two make it at once one of them may fail, in one of several ways: then it is there. */
async function makeTable(pool: Pool): Promise<void> {
  const make = () => again(() => pool.query(sql.CREATE));
  await make().catch(make);
}

async function requireDurable(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ synchronous_commit: string }>(sql.SHOW_DURABILITY);
  if (rows[0]?.synchronous_commit === 'off')
    refuse('storeFailed', 'PostgreSQL answers before a commit is on the disk: set synchronous_commit to on');
}

/** The message of a connection that nobody took is empty, where several addresses were tried. */
function unusable({ message, code }: NodeJS.ErrnoException): Error {
  return new Error(
    `PostgreSQL cannot be used (${message || code}): check the URL of --store, and that the database runs`,
  );
}

/** Runs a statement until the database has put it in order with the others. */
async function again<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!TRANSIENT.includes(stateOf(error)) || attempt === postgresMaxAttempts) throw error;
      await pause(randomInt(2 ** Math.min(attempt, 7)));
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function stateOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}

function entryOf({ key, value, version }: Row): Entry {
  return { key: Uint8Array.from(key), value: Uint8Array.from(value), version: Number(version) };
}

/** The same bytes, as the driver wants them. */
function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
