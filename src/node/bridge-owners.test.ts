// SPDX-License-Identifier: Apache-2.0

/**
 * What the PNE that owns a PN says to a bridge, at the gateway that has its server ask: an answer here, which may end.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ADMINISTRATOR, type Answer } from '../authorization/decision.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { askBridge, BridgeWord } from '../roles/bridge-wish.ts';
import type { Question } from '../roles/consent.ts';
import type { ServiceResult, Wish } from '../roles/service-message.ts';
import { Status } from '../roles/status.ts';
import { askBridgeOwners } from './bridge-owners.ts';
import { answerQuestion, askOwner, setOpenness } from './consent-changes.ts';
import { readConsents } from './consents.ts';
import { openConsents } from './held-consents.ts';
import { createMemoryStore } from './store/memory.ts';

const test = suite('owners of PNs');
const NOW = 1_000_000;
const { waits, consented, refused, nobody } = BridgeWord;
const QUESTION: Question = Object.freeze({ operation: 'bridge-open', subject: 'b', target: '1' });

async function opened(isAsked = true) {
  const clock = { now: NOW };
  const store = createMemoryStore();
  const rule = { openness: 'ask', owner: ADMINISTRATOR } as const;
  await setOpenness(store, NOW, 'bridge-open', '1', rule);
  if (isAsked) await askOwner(store, QUESTION, NOW);
  const consents = await openConsents({
    ...{ store, now: () => clock.now },
    onAsked(): void {},
    onChanged(): void {},
    onFailed: assert.unreachable,
  });
  const state = {
    status: Status.ok as number,
    results: [waits, 0] as readonly ServiceResult[],
    isAway: false,
    asked: [] as Wish[],
    refusals: [] as unknown[],
    failures: 0,
  };
  /** Ends with the turn. */
  let next: (() => void) | undefined;
  const after: After = (_milliseconds, work) => {
    next = work;
    return { cancel(): void {} };
  };
  const owners = askBridgeOwners({
    ...{ store, consents, after, target: '1', reference: 1, now: () => clock.now },
    async ask(wish) {
      if (state.isAway) return undefined;
      state.asked.push(wish);
      return { serial: 1, status: state.status, results: state.results };
    },
    onRefused: (...why) => state.refusals.push(why),
    onFailed: () => {
      state.failures += 1;
    },
  });
  const ended = async (): Promise<void> => {
    for (let tries = 0; next === undefined && tries < 1000; tries++)
      await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await ended();
  return Object.assign(state, {
    ...{ store, clock },
    async turn(): Promise<void> {
      const begin = next!;
      next = undefined;
      begin();
      await ended();
    },
    async state(): Promise<unknown> {
      const [row] = [...(await readConsents(store)).rows.values()];
      return [row?.state, row === undefined ? undefined : row.until - NOW];
    },
    async administrator(answer: Answer): Promise<void> {
      await answerQuestion(store, { number: 1, answer, until: NOW + 7, by: ADMINISTRATOR }, NOW);
      await consents.refresh();
    },
    close(): void {
      owners.close();
      consents.close();
    },
  });
}

test('he is asked about who waits, and his consent is one here for as long', async () => {
  const here = await opened();
  assert.equal(here.asked, [askBridge(1, 'b')]);
  assert.equal(((await here.state()) as unknown[])[0], 'asked');
  here.results = [consented, 100];
  await here.turn();
  assert.equal(await here.state(), ['consented', 100]);
  here.close();
});

test('a consent counts a day, and longer while he is heard to consent', async () => {
  const here = await opened();
  const day = NodeLimits.bridgeConsentSeconds;
  here.results = [consented, 3 * day];
  await here.turn();
  assert.equal(await here.state(), ['consented', day]);
  here.clock.now += day / 3;
  await here.turn();
  assert.equal(await here.state(), ['consented', day]);
  here.clock.now += day / 3;
  here.results = [consented, 2 * day];
  await here.turn();
  assert.equal(await here.state(), ['consented', day + (2 * day) / 3]);
  here.clock.now += day / 3;
  here.results = [consented, 10];
  await here.turn();
  assert.equal(await here.state(), ['consented', day + (2 * day) / 3]);
  here.close();
});

test('a consent of who owns it no more, or that the server knows nothing of any more, ends', async () => {
  const ways: [number, readonly ServiceResult[]][] = [
    [Status.ok, [waits, 0]],
    [Status.ok, [nobody, 0]],
    [Status.notAuthorized, []],
  ];
  for (const [status, results] of ways) {
    const here = await opened();
    here.results = [consented, 100];
    await here.turn();
    Object.assign(here, { status, results });
    await here.turn();
    assert.equal(await here.state(), [undefined, undefined]);
    here.close();
  }
});

test('a consent of whoever administers does not end so', async () => {
  const here = await opened();
  await here.administrator('consented');
  await here.turn();
  here.status = Status.notAuthorized;
  await here.turn();
  assert.equal(await here.state(), ['consented', 7]);
  here.close();
});

test('a consent that he takes back ends, and what is refused stays so', async () => {
  const here = await opened();
  here.results = [consented, 100];
  await here.turn();
  here.results = [refused, 50];
  await here.turn();
  assert.equal(await here.state(), ['refused', 50]);
  const { length } = here.asked;
  here.results = [consented, 100];
  await here.turn();
  assert.equal([await here.state(), here.asked.length], [['refused', 50], length]);
  here.close();
});

test('where nobody owns it, or the server is away or refuses, whoever administers is asked alone', async () => {
  const here = await opened();
  here.results = [nobody, 0];
  await here.turn();
  here.isAway = true;
  await here.turn();
  here.isAway = false;
  for (let times = 0; times < 2; times++) {
    here.status = Status.notAuthorized;
    await here.turn();
  }
  here.status = Status.groupUnknown;
  await here.turn();
  assert.equal(((await here.state()) as unknown[])[0], 'asked');
  assert.equal(here.refusals, [
    ['b', Status.notAuthorized],
    ['b', Status.groupUnknown],
  ]);
  await here.administrator('consented');
  assert.equal(await here.state(), ['consented', 7]);
  here.close();
});

test('whom whoever administers refuses no consent of the owner lets in', async () => {
  const here = await opened();
  await here.administrator('refused');
  here.results = [consented, 100];
  await here.turn();
  assert.equal(await here.state(), ['refused', 7]);
  here.close();
});

test('nor where he refuses while the owner is asked', async () => {
  const here = await opened();
  await answerQuestion(here.store, { number: 1, answer: 'refused', until: NOW + 7, by: ADMINISTRATOR }, NOW);
  // It is not known here yet.
  here.results = [consented, 100];
  await here.turn();
  assert.equal(await here.state(), ['refused', 7]);
  here.close();
});

test('nobody is asked where nothing waits, or bridges are open', async () => {
  const idle = await opened(false);
  await idle.turn();
  assert.equal(idle.asked, []);
  idle.close();
  const open = await opened();
  const { length } = open.asked;
  await setOpenness(open.store, NOW, 'bridge-open', '1', { openness: 'open', owner: ADMINISTRATOR });
  await open.administrator('consented');
  await open.turn();
  assert.is(open.asked.length, length);
  open.close();
});

test('an answer of another form is a failure, and no answer', async () => {
  const here = await opened();
  here.results = [consented];
  await here.turn();
  assert.equal([((await here.state()) as unknown[])[0], here.failures], ['asked', 1]);
  here.close();
});

test.run();
