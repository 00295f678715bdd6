// SPDX-License-Identifier: Apache-2.0

/** Test code: clients that read and commit at the same time, and the history of what they saw. */
import { checkHistory, type Operation, type Seen } from './linearizable.testing.ts';
import type { Entry, KeyValueStore } from './store.ts';

const KEYS = Object.freeze(['a', 'b', 'c', 'd']);

export interface HistoryOptions {
  /** One for each client, on the same entries. */
  readonly stores: readonly KeyValueStore[];
  /** Operations of each client. */
  readonly operations: number;
  readonly seed: number;
  /** Called before each operation with how many have begun. */
  disturb?(begun: number): void;
}

/** What the clients did, and what is wrong with it. */
export interface HistoryResult {
  readonly commits: number;
  readonly conflicts: number;
  readonly unknown: number;
  readonly problem: string | undefined;
}

export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const run = new Run(options);
  await Promise.all(options.stores.map((store, index) => run.client(store, options.seed + index)));
  // What is there in the end has to be what the last commits wrote.
  await run.read(options.stores[0]!, KEYS);
  const { history } = run;
  const count = (holds: (operation: Operation) => boolean) => history.filter(holds).length;
  return {
    commits: count(({ kind, ended }) => kind === 'commit' && ended !== Number.POSITIVE_INFINITY),
    conflicts: count(({ kind }) => kind === 'conflict'),
    unknown: count(({ ended }) => ended === Number.POSITIVE_INFINITY),
    problem: checkHistory(history),
  };
}

class Run {
  readonly history: Operation[] = [];
  private readonly options: HistoryOptions;
  private clock = 0;
  private begun = 0;

  constructor(options: HistoryOptions) {
    this.options = options;
  }

  async client(store: KeyValueStore, seed: number): Promise<void> {
    const random = generator(seed);
    for (let count = 0; count < this.options.operations; count += 1) {
      this.options.disturb?.(this.begun);
      this.begun += 1;
      const keys = KEYS.filter(() => random() < 0.4);
      const found = await this.read(store, keys.length === 0 ? KEYS : keys);
      if (found !== undefined && random() < 0.8) await this.commit(store, found);
    }
  }

  /** Reads one after the other: each is an operation of its own. */
  async read(
    store: KeyValueStore,
    keys: readonly string[],
  ): Promise<Map<string, Entry | undefined> | undefined> {
    const found = new Map<string, Entry | undefined>();
    for (const key of keys) {
      const called = this.tick();
      try {
        found.set(key, await store.get(bytes(key)));
      } catch {
        return undefined;
      }
      this.add({ called, kind: 'read', seen: new Map([[key, writerOf(found.get(key))]]) });
    }
    return found;
  }

  private async commit(store: KeyValueStore, found: ReadonlyMap<string, Entry | undefined>): Promise<void> {
    const called = this.tick();
    const id = this.history.length;
    const seen: Seen = new Map([...found].map(([key, entry]) => [key, writerOf(entry)]));
    // Others take numbers meanwhile: this one has its place.
    this.history.push({ id, called, ended: Number.POSITIVE_INFINITY, seen, kind: 'commit' });
    const expected = [...found].map(([key, entry]) => ({ key: bytes(key), version: entry?.version }));
    const puts = [...found.keys()].map((key) => ({ key: bytes(key), value: bytes(String(id)) }));
    try {
      const kind = (await store.commit({ expected, puts })) === undefined ? 'conflict' : 'commit';
      this.history[id] = { id, called, ended: this.tick(), seen, kind };
    } catch {
      // Nobody knows: that is what the history says already.
    }
  }

  private add(operation: Omit<Operation, 'id' | 'ended'>): void {
    this.history.push({ ...operation, id: this.history.length, ended: this.tick() });
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}

function writerOf(entry: Entry | undefined): number | undefined {
  return entry && Number(String.fromCharCode(...entry.value));
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Numbers from 0 to 1 by a linear congruence: the same in every run. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
