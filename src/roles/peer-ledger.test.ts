// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../node-limits.ts';
import { PeerLedger } from './peer-ledger.ts';
import { NEW_PEER, type PeerRecord, withContent, withReading } from './peer-record.ts';
import type { Reading, ServerStore } from './server-store.ts';

const test = suite('peer ledger');

interface Commit {
  readonly record: PeerRecord;
  readonly readings: readonly Reading[];
  readonly done: (stored: boolean) => void;
}

/** A store that takes its time. `found`: what it has when it is asked; undefined where it does not answer. */
function create() {
  const commits: Commit[] = [];
  const timers: (() => void)[] = [];
  const state: { found: PeerRecord | undefined; superseded: number } = { found: NEW_PEER, superseded: 0 };
  const store: ServerStore = {
    load: (_pneId, done, failed) => (state.found === undefined ? failed() : done(state.found)),
    commit: (_pneId, record, readings, done) => commits.push({ record, readings, done }),
  };
  const ledger = new PeerLedger({
    pneId: 'pne-1',
    store,
    record: NEW_PEER,
    after(_milliseconds, callback) {
      timers.push(callback);
      return { cancel(): void {} };
    },
    onSuperseded(): void {
      state.superseded += 1;
    },
  });
  const done: string[] = [];
  const read = (number: number) =>
    ledger.change(
      (record) => {
        const next = withReading(record, number);
        if (next === undefined) return { record };
        return { record: next, readings: [{ id: number, payload: new Uint8Array(1), value: 0 }] };
      },
      (stored) => done.push(`${number} ${stored}`),
    );
  return { commits, timers, state, ledger, done, read };
}

test('what comes during a commit is committed together, after it', () => {
  const { commits, done, read } = create();
  for (const number of [0, 1, 2]) read(number);
  assert.is(commits.length, 1);
  commits[0]!.done(true);
  assert.equal(done, ['0 true']);
  assert.is(commits.length, 2);
  assert.equal(
    commits[1]!.readings.map(({ id }) => id),
    [1, 2],
  );
  commits[1]!.done(true);
  assert.equal(done, ['0 true', '1 true', '2 true']);
});

test('a record holds what is stored, and no more', () => {
  const { commits, ledger, read } = create();
  read(0);
  assert.is(ledger.record.received.highest, -1);
  commits[0]!.done(true);
  assert.is(ledger.record.received.highest, 0);
});

test('a commit that failed has changed nothing; the next one does not build on it', () => {
  const { commits, ledger, done, read } = create();
  read(0);
  read(1);
  commits[0]!.done(false);
  assert.equal(done, ['0 false']);
  assert.is(commits[1]!.record.received.seen, 1);
  assert.is(commits[1]!.record.received.highest, 1);
  commits[1]!.done(true);
  read(0);
  assert.equal(
    commits[2]!.readings.map(({ id }) => id),
    [0],
  );
  assert.is(ledger.record.received.highest, 1);
});

test('a change of nothing costs no commit', () => {
  const { commits, done, read } = create();
  read(0);
  commits[0]!.done(true);
  read(0);
  assert.is(commits.length, 1);
  assert.equal(done, ['0 true', '0 true']);
});

test('changes are applied in their order', () => {
  const { commits, ledger } = create();
  for (const byte of [1, 2]) {
    ledger.change(
      (record) => ({ record: withContent(record, Uint8Array.of(byte)) }),
      () => {},
    );
  }
  commits[0]!.done(true);
  commits[1]!.done(true);
  assert.equal(
    ledger.record.contents.map(({ ticket, payload }) => [ticket, payload[0]]),
    [
      [0, 1],
      [1, 2],
    ],
  );
});

test('a commit that failed and is stored all the same has taken place', () => {
  const { commits, state, ledger, done, read } = create();
  read(0);
  state.found = commits[0]!.record;
  commits[0]!.done(false);
  assert.equal(done, ['0 true']);
  assert.is(ledger.record.received.highest, 0);
});

test('nothing is said of a commit that failed until the store tells what it has', () => {
  const { commits, timers, state, done, read } = create();
  read(0);
  state.found = undefined;
  commits[0]!.done(false);
  read(1);
  timers.shift()!();
  assert.equal(done, []);
  assert.is(commits.length, 1);
  state.found = commits[0]!.record;
  timers.shift()!();
  assert.equal(done, ['0 true']);
  assert.equal(
    commits[1]!.readings.map(({ id }) => id),
    [1],
  );
});

test('a record that somebody else has stored ends it: nothing takes place any more', () => {
  const { commits, state, done, read } = create();
  read(0);
  read(1);
  state.found = withContent(NEW_PEER, Uint8Array.of(9));
  commits[0]!.done(false);
  assert.is(state.superseded, 1);
  read(2);
  assert.equal(done.sort(), ['0 false', '1 false', '2 false']);
  assert.is(commits.length, 1);
});

test('few changes wait for a store that does not answer', () => {
  const { commits, done, read } = create();
  for (let number = 0; number <= 1 + NodeLimits.serverMaxWaitingChanges; number += 1) read(number);
  assert.equal(done, [`${1 + NodeLimits.serverMaxWaitingChanges} false`]);
  commits[0]!.done(true);
  assert.is(commits[1]!.readings.length, NodeLimits.serverMaxWaitingChanges);
});

test.run();
