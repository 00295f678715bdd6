// SPDX-License-Identifier: Apache-2.0

/** A server program that ends in the middle of its work, at any step of that. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLmdbStore } from '../store/lmdb.ts';
import type { KeyValueStore } from '../store/store.ts';
import { Deployment, type TestPne } from './deployment.testing.ts';

const test = suite('closing');
const STEPS = 6;
/** A commit takes longer than whatever else there is to close. */
const SLOW_MS = 50;
/** What is late comes within that. */
const LATE_MS = 2 * SLOW_MS;

/** A store whose commits take time, that counts what it is asked, and keeps what it is asked once it is to close. */
class WatchedStore implements KeyValueStore {
  calls = 0;
  readonly late: string[] = [];
  onCall = (): void => {};
  private readonly store: KeyValueStore;
  private isClosed = false;

  constructor(store: KeyValueStore) {
    this.store = store;
  }

  get: KeyValueStore['get'] = (...args) => this.called('get', () => this.store.get(...args));
  range: KeyValueStore['range'] = (...args) => this.called('range', () => this.store.range(...args));
  commit: KeyValueStore['commit'] = (...args) =>
    this.called('commit', () => this.store.commit(...args), SLOW_MS);
  watch: KeyValueStore['watch'] = (...args) => this.called('watch', () => this.store.watch(...args));

  close(): Promise<void> {
    this.isClosed = true;
    return this.store.close();
  }

  private async called<Result>(name: string, call: () => Promise<Result>, slowMs = 0): Promise<Result> {
    this.calls += 1;
    if (this.isClosed) this.late.push(name);
    this.onCall();
    const result = await call();
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    return result;
  }
}

/** Reports as long as there is room. */
function reportAll(pnes: readonly TestPne[]): void {
  for (const pne of pnes)
    try {
      for (;;) pne.report(0);
    } catch (error) {
      assert.match((error as Error).message, /queueFull/);
    }
}

test('a server that ends in the middle of its work asks nothing of its store once that closes', async () => {
  const deployment = await Deployment.start(['pne-1', 'pne-2']);
  const { folder, pnes } = deployment;
  await deployment.addEntity('reader', '--read', 'all');
  await deployment.stopServer();
  for (let step = 1; step <= STEPS; step += 1) {
    const store = new WatchedStore(openLmdbStore(join(folder, 'server/store')));
    await deployment.startServerOn(store, '--output', step % 2 === 0 ? join(folder, 'readings') : 'none');
    const end = store.calls + 5 * step;
    const worked = new Promise<void>((resolve) => {
      store.onCall = () => void (store.calls >= end && resolve());
    });
    const reporting = setInterval(() => reportAll(pnes), 1);
    await worked;
    await deployment.stopServer();
    clearInterval(reporting);
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    assert.equal(store.late, [], `after ${5 * step} calls`);
  }
  await deployment.close();
});

test.run();
