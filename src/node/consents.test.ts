// SPDX-License-Identifier: Apache-2.0

/** What owners were asked and have answered: bounded, durable, and over as it says. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMINISTRATOR, type Answer, type Openness } from '../authorization/decision.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { NodeLimits } from '../node-limits.ts';
import type { Question } from '../roles/consent.ts';
import { Status } from '../roles/status.ts';
import { answerQuestion, askOwner, forgetConsents, setOpenness, setOwnOpenness } from './consent-changes.ts';
import { readConsents } from './consents.ts';
import { type HeldConsents, openConsents } from './held-consents.ts';
import { until } from './listener.testing.ts';
import { createMemoryStore } from './store/memory.ts';
import type { Changes, KeyValueStore } from './store/store.ts';

const test = suite('consents');
const NOW = 1_000_000;
const { consentAskSeconds, consentMaxAsked, consentMaxAskedBySubject, consentLapseMs } = NodeLimits;

const reading = (subject: string, target = 'pne-1'): Question => ({
  operation: 'content-access',
  subject,
  target,
});

const open = (store: KeyValueStore, openness: Openness = 'ask', owner = 'pne-2') =>
  setOpenness(store, NOW, 'content-access', 'pne-1', { openness, owner });

function answer(store: KeyValueStore, number: number, given: Answer, by = 'pne-2', at = NOW) {
  return answerQuestion(store, { number, answer: given, until: at + 100, by }, at);
}

interface Held {
  readonly time: VirtualTime;
  readonly consents: HeldConsents;
  readonly asked: string[];
  readonly failures: string[];
  changes: number;
}

async function held(store: KeyValueStore): Promise<Held> {
  const time = new VirtualTime();
  const state = { time, asked: [] as string[], failures: [] as string[], changes: 0 };
  const consents = await openConsents({
    ...{ store, after: time.after },
    now: () => NOW + Math.floor(time.now / 1000),
    onAsked: ({ number }, owner) => void state.asked.push(`${number} ${owner}`),
    onChanged: () => {
      state.changes += 1;
    },
    onFailed: ({ message }) => void state.failures.push(message),
  });
  return Object.assign(state, { consents });
}

/** A store whose next commits fail, before or behind the change, as where its process is killed. */
class FailingStore {
  readonly store: KeyValueStore;
  fails: 'before' | 'behind' | undefined;

  constructor(inner: KeyValueStore) {
    this.store = {
      ...{ get: (key) => inner.get(key), range: (...of) => inner.range(...of) },
      ...{ watch: (...of) => inner.watch(...of), close: () => inner.close() },
      commit: async (changes: Changes) => {
        const fails = this.fails;
        this.fails = undefined;
        if (fails === 'before') throw new Error('killed');
        const version = await inner.commit(changes);
        if (fails === 'behind') throw new Error('killed');
        return version;
      },
    };
  }
}

test('nothing that was said of is open to whoever has a grant', async () => {
  const { consents } = await held(createMemoryStore());
  assert.equal(consents.contextOf(reading('bridge')), { openness: 'open', owner: ADMINISTRATOR });
  consents.close();
});

test('a question is asked once, of the owner that there is, and its answer holds for its subject alone', async () => {
  const store = createMemoryStore();
  await open(store);
  const state = await held(store);
  const { consents, asked } = state;
  for (let time = 0; time < 3; time += 1) consents.ask(reading('bridge'));
  await until(() => asked.length === 1, 'it is asked');
  consents.ask(reading('bridge'));
  assert.equal(asked, ['1 pne-2']);
  const status = await new Promise((resolve) => consents.answer('pne-2', 1, 'consented', 100, resolve));
  assert.is(status, Status.ok);
  assert.equal(consents.contextOf(reading('bridge')), {
    openness: 'ask',
    owner: 'pne-2',
    answer: 'consented',
  });
  assert.equal(consents.contextOf(reading('other')), { openness: 'ask', owner: 'pne-2' });
  assert.is(consents.contextOf(reading('bridge', 'pne-3')).answer, undefined);
  assert.equal(consents.waiting, []);
  consents.close();
});

test('an answer ends by its time, and then the owner may be asked again', async () => {
  const store = createMemoryStore();
  await open(store);
  await askOwner(store, reading('bridge'), NOW);
  await answer(store, 1, 'consented');
  const { consents, time } = await held(store);
  assert.is(consents.contextOf(reading('bridge')).answer, 'consented');
  time.pass(100_000);
  assert.is(consents.contextOf(reading('bridge')).answer, undefined);
  consents.close();
  assert.not.ok(await askOwner(store, reading('bridge'), NOW + 99));
  assert.ok(await askOwner(store, reading('bridge'), NOW + 100));
  assert.is([...(await readConsents(store)).rows.values()][0]!.number, 2);
});

test('that the time of an answer is over is told', async () => {
  const store = createMemoryStore();
  await open(store);
  await askOwner(store, reading('bridge'), NOW);
  await answer(store, 1, 'consented');
  const state = await held(store);
  state.time.pass(consentLapseMs);
  assert.is(state.changes, 0);
  state.time.pass(consentLapseMs);
  assert.is(state.changes, 1);
  state.time.pass(consentLapseMs);
  assert.is(state.changes, 1);
  state.consents.close();
});

test('only the owner answers, and what he has refused by a number no message that comes late undoes', async () => {
  const store = createMemoryStore();
  await open(store);
  await askOwner(store, reading('bridge'), NOW);
  assert.is(await answer(store, 1, 'consented', 'pne-1'), 'foreign');
  assert.is(await answer(store, 7, 'consented'), 'unknown');
  assert.is(await answer(store, 1, 'consented'), 'answered');
  assert.is(await answer(store, 1, 'consented'), 'answered', 'the same again');
  assert.is(await answer(store, 1, 'refused'), 'answered');
  assert.is(await answer(store, 1, 'consented'), 'final');
  assert.is([...(await readConsents(store)).rows.values()][0]!.state, 'refused');
  assert.is(await answer(store, 1, 'consented', ADMINISTRATOR), 'answered');
  await open(store, 'ask', 'pne-3');
  assert.is(await answer(store, 1, 'refused'), 'foreign', 'another owns it now');
});

test('a hostile subject makes few questions, and all of them together no more than there is room for', async () => {
  const store = createMemoryStore();
  let asked = 0;
  for (let number = 0; number < consentMaxAskedBySubject + 5; number += 1)
    asked += Number(await askOwner(store, reading('hostile', `pne-${number}`), NOW));
  assert.is(asked, consentMaxAskedBySubject);
  for (let number = 0; number < consentMaxAsked; number += 1)
    asked += Number(await askOwner(store, reading(`entity-${number}`), NOW));
  assert.is(asked, consentMaxAsked);
  await answer(store, 1, 'refused', ADMINISTRATOR);
  assert.not.ok(await askOwner(store, reading('hostile', 'pne-0'), NOW), 'it was refused');
  assert.ok(await askOwner(store, reading('hostile', 'pne-99'), NOW), 'there is room again');
  const later = NOW + consentAskSeconds;
  assert.ok(await askOwner(store, reading('hostile', 'pne-1'), later), 'nobody has answered for a week');
  assert.is((await readConsents(store)).rows.size, 1, 'what is over is gone');
});

test('questions that come all at once are stored one after the other, and those without room another time', async () => {
  const store = createMemoryStore();
  const { consents, asked } = await held(store);
  const flood = () => {
    for (let number = 0; number < 300; number += 1) consents.ask(reading('hostile', `pne-${number}`));
  };
  flood();
  consents.ask(reading('honest'));
  await until(() => asked.length === consentMaxAskedBySubject + 1, 'as many as there may be');
  flood();
  await answer(store, 1, 'refused', ADMINISTRATOR);
  await consents.refresh();
  flood();
  await until(() => asked.length === consentMaxAskedBySubject + 2, 'one more');
  assert.is((await readConsents(store)).rows.size, consentMaxAskedBySubject + 2);
  consents.close();
});

test('killed before an answer is stored or behind it, the same answer comes to the same', async () => {
  for (const fails of ['before', 'behind'] as const) {
    const failing = new FailingStore(createMemoryStore());
    const { store } = failing;
    await open(store);
    await askOwner(store, reading('bridge'), NOW);
    failing.fails = fails;
    await answer(store, 1, 'consented').then(
      () => assert.unreachable(),
      ({ message }: Error) => assert.is(message, 'killed'),
    );
    const { consents } = await held(store);
    assert.is(consents.contextOf(reading('bridge')).answer, fails === 'behind' ? 'consented' : undefined);
    assert.is(consents.waiting.length, fails === 'behind' ? 0 : 1);
    assert.is(await answer(store, 1, 'consented'), 'answered');
    await consents.refresh();
    assert.is(consents.contextOf(reading('bridge')).answer, 'consented');
    consents.close();
  }
});

test('a question that could not be stored is asked the next time', async () => {
  const failing = new FailingStore(createMemoryStore());
  await open(failing.store);
  const { consents, asked, failures } = await held(failing.store);
  failing.fails = 'before';
  consents.ask(reading('bridge'));
  await until(() => failures.length === 1, 'it failed');
  await until(() => {
    consents.ask(reading('bridge'));
    return asked.length === 1;
  }, 'it is asked');
  consents.close();
});

test('two processes that ask and answer at once neither lose nor double anything', async () => {
  const store = createMemoryStore();
  await open(store);
  const targets = Array.from({ length: 8 }, (_, at) => `pne-${at}`);
  const both = targets.flatMap((target) => [reading('bridge', target), reading('bridge', target)]);
  const asked = await Promise.all(both.map((question) => askOwner(store, question, NOW)));
  assert.is(asked.filter((isAsked) => isAsked).length, targets.length);
  const numbers = [...(await readConsents(store)).rows.values()].map(({ number }) => number);
  assert.equal(new Set(numbers).size, targets.length);
  await Promise.all(numbers.map((number) => answer(store, number, 'refused', ADMINISTRATOR)));
  for (const { state } of (await readConsents(store)).rows.values()) assert.is(state, 'refused');
});

test('a PNE says how open its own contents are, unless another owns them, and an older message changes nothing', async () => {
  const store = createMemoryStore();
  const say = (openness: Openness, boot: number, serial: number) =>
    setOwnOpenness(store, NOW, { pneId: 'pne-1', openness, boot, serial });
  const { consents } = await held(store);
  assert.ok(await say('ask', 4, 2));
  assert.ok(await say('open', 4, 1));
  assert.ok(await say('open', 3, 9));
  await consents.refresh();
  assert.equal(consents.contextOf(reading('bridge')), { openness: 'ask', owner: 'pne-1' });
  assert.ok(await say('closed', 5, 1));
  await open(store);
  assert.not.ok(await say('open', 6, 1));
  await consents.refresh();
  assert.equal(consents.contextOf(reading('bridge')), { openness: 'ask', owner: 'pne-2' });
  consents.close();
});

test('what depends on an answer expects its entry and how open it is, and nothing else', async () => {
  const store = createMemoryStore();
  const { consents } = await held(store);
  const expected = () => consents.expectations('content-access', 'pne-1', ['bridge']);
  const isMet = async () =>
    (await store.commit({
      expected: expected(),
      puts: [{ key: Uint8Array.of(1), value: new Uint8Array(0) }],
    })) !== undefined;
  assert.ok(await isMet());
  await open(store, 'closed');
  assert.not.ok(await isMet(), 'it was open');
  await open(store);
  await askOwner(store, reading('bridge'), NOW);
  await answer(store, 1, 'consented');
  await consents.refresh();
  await askOwner(store, reading('other'), NOW);
  assert.ok(await isMet());
  await answer(store, 1, 'refused');
  assert.not.ok(await isMet(), 'it was consented to');
  consents.close();
});

test('what is forgotten of a subject is asked anew', async () => {
  const store = createMemoryStore();
  await askOwner(store, reading('bridge'), NOW);
  await askOwner(store, reading('other'), NOW);
  await answer(store, 1, 'consented', ADMINISTRATOR);
  await forgetConsents(store, NOW, ({ subject }) => subject === 'bridge');
  assert.equal(
    [...(await readConsents(store)).rows.values()].map(({ subject }) => subject),
    ['other'],
  );
  assert.ok(await askOwner(store, reading('bridge'), NOW));
});

test('rows that are none are refused, and nothing is decided by them', async () => {
  const store = createMemoryStore();
  await open(store);
  await askOwner(store, reading('bridge'), NOW);
  const [row] = await store.range(Uint8Array.of(0x43), 1);
  for (const value of [[], [0x83, 1, 3, 0], [0x83, 1, 0, 0, 0], [0x82, 1, 0]]) {
    await store.commit({ puts: [{ key: row!.key, value: Uint8Array.from(value) }] });
    await openConsents({
      ...{ store, now: () => NOW },
      onAsked(): void {},
      onChanged(): void {},
      onFailed(): void {},
    }).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /recordInvalid|truncated|trailing/i),
    );
  }
});

test('what has an owner elsewhere is his to answer, and what a former one has answered goes', async () => {
  const store = createMemoryStore();
  const { consents } = await held(store);
  const bridge = (subject: string): Question => ({ operation: 'bridge-open', subject, target: '1' });
  const settled = (owner: string, count: number) =>
    until(() => consents.waitingFor(owner).length === count, `${count} questions to ${owner}`);
  consents.askOwner(bridge('b'), 'pne-1');
  consents.askOwner(bridge('c'), 'pne-1');
  await settled('pne-1', 2);
  consents.askOwner(bridge('b'), 'pne-1');
  assert.is(await answer(store, 1, 'consented', 'pne-2'), 'foreign');
  assert.is(await answer(store, 1, 'consented', 'pne-1'), 'answered');
  await consents.refresh();
  assert.equal(
    [consents.contextOf(bridge('b')), consents.secondsFor(bridge('b'))],
    [{ openness: 'ask', owner: 'pne-1', answer: 'consented' }, 100],
  );
  consents.askOwner(bridge('b'), 'pne-2');
  await settled('pne-2', 1);
  assert.equal(consents.contextOf(bridge('b')), { openness: 'ask', owner: 'pne-2' });
  assert.equal(
    consents.of('bridge-open', '1').map(({ number, subject, state }) => [number, subject, state]),
    [[3, 'b', 'asked']],
  );
  assert.is(await answer(store, 1, 'consented', 'pne-1'), 'unknown');
  consents.close();
});

test.run();
