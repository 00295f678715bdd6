// SPDX-License-Identifier: Apache-2.0

/** How a device waits for the key of a group, and what becomes of that. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Membership } from '../groups/epoch.ts';
import { Joining } from './joining.ts';
import type { Wished } from './wishes.ts';

const test = suite('joining');
const GROUP = 2;

/** Joining, over keys that a test gives and takes. */
function start(...references: number[]) {
  const held = new Set(references);
  const [asked, told]: [string[], [number, boolean][]] = [[], []];
  const keys = {
    get groups(): readonly Membership[] {
      return [...held].map((reference) => ({ reference, epoch: 1, sender: 0, firstBoot: 0, signed: false }));
    },
    join: (reference: number) => void asked.push(`join ${reference}`),
    leave: (reference: number) => void asked.push(`leave ${reference}`),
  };
  const joining = new Joining(keys, (...of) => told.push(of));
  joining.begin();
  const change = (reference: number, isMember: boolean) => {
    if (isMember) held.add(reference);
    else held.delete(reference);
    joining.changed(reference, isMember);
  };
  return { joining, asked, told, change };
}

async function why(outcome: Promise<Wished>): Promise<string> {
  const wished = await outcome;
  return wished.ok ? 'done' : wished.refusal.reasonName;
}

/** What waits for nobody is done. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('who has the key asks nobody; who has none to give up is told so', async () => {
  const { joining, asked } = start(GROUP);
  assert.is(await why(joining.join(GROUP)), 'done');
  assert.is(await why(joining.leave(4)), 'groupUnknown');
  assert.equal(asked, []);
});

test('all who wait for a key have it at once, and a key that is renewed is told to nobody', async () => {
  const { joining, asked, told, change } = start();
  const waiting = [joining.join(GROUP), joining.join(GROUP), joining.arrival(GROUP)].map(why);
  await turn();
  change(4, true);
  change(GROUP, true);
  assert.equal(await Promise.all(waiting), ['done', 'done', 'done']);
  change(GROUP, true);
  assert.equal(told, [
    [4, true],
    [GROUP, true],
  ]);
  assert.equal(asked, ['join 2', 'join 2']);
});

test('a key that the server keeps back, or says nothing of, is not waited for', async () => {
  const { joining } = start();
  const [first, other] = [joining.join(GROUP), joining.join(4)].map(why);
  await turn();
  joining.withheld(GROUP);
  assert.is(await first, 'keyWithheld');
  joining.unanswered();
  assert.is(await other, 'unanswered');
});

test('who joins while it leaves joins behind that, and the other way round', async () => {
  const { joining, asked, change } = start(GROUP);
  const [left, joined] = [joining.leave(GROUP), joining.join(GROUP)].map(why);
  await turn();
  assert.equal(asked, ['leave 2']);
  change(GROUP, false);
  assert.is(await left, 'done');
  await turn();
  const leaving = why(joining.leave(GROUP));
  await turn();
  assert.equal(asked, ['leave 2', 'join 2']);
  change(GROUP, true);
  assert.is(await joined, 'done');
  await turn();
  change(GROUP, false);
  assert.is(await leaving, 'done');
  assert.equal(asked, ['leave 2', 'join 2', 'leave 2']);
});

test('nothing is waited for once the device is closed', async () => {
  const { joining } = start(GROUP);
  const waiting = [joining.leave(GROUP), joining.join(4), joining.join(GROUP)].map(why);
  await turn();
  joining.close();
  assert.equal(await Promise.all(waiting), ['linkClosed', 'linkClosed', 'done']);
  assert.is(await why(joining.join(6)), 'linkClosed');
  assert.is(await why(joining.leave(GROUP)), 'linkClosed');
});

test.run();
