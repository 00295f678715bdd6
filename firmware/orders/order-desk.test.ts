// SPDX-License-Identifier: Apache-2.0

/** Orders of a user, carried out by parts of a PNE that take them down and answer when the test says so. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import type { Membership } from '../../src/groups/epoch.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { Reason, type ReasonName, refuse } from '../../src/refusal.ts';
import type { PneConsents } from '../../src/roles/pne-consents.ts';
import type { Answered, PneServices } from '../../src/roles/pne-services.ts';
import { Status } from '../../src/roles/status.ts';
import { OrderDesk } from './order-desk.ts';
import { encodeOrder, OrderKind } from './order-message.ts';

const test = suite('order-desk');
const { pneMaxGroups, pneMaxNetworks } = ImplementationLimits;
const REFERENCE = 2;
const MEMBERSHIP: Membership = { reference: REFERENCE, epoch: 1, sender: 0, firstBoot: 0, signed: false };
const LIST = Object.freeze({ kind: OrderKind.wish, operation: 5, number: 0, texts: [] });

class Trial {
  readonly done: string[] = [];
  /** `number reason status results`, of each answer. */
  readonly answers: string[] = [];
  groups: Membership[] = [];
  refusal: ReasonName | undefined;
  answerWish: Answered = () => undefined;
  readonly desk: OrderDesk;

  constructor() {
    const trial = this;
    const note = (line: string) => {
      if (trial.refusal !== undefined) refuse(trial.refusal);
      trial.done.push(line);
    };
    const services = {
      get groups() {
        return trial.groups;
      },
      join: (reference: number) => note(`join ${reference}`),
      leave: (reference: number) => note(`leave ${reference}`),
      ask(wish: { operation: number }, done: Answered): void {
        note(`ask ${wish.operation}`);
        trial.answerWish = done;
      },
    };
    const consents = {
      answer: (...of: unknown[]) => note(`answer ${of.join(' ')}`),
      setOpenness: (openness: string) => note(openness),
    };
    this.desk = new OrderDesk({
      services: services as unknown as PneServices,
      consents: consents as unknown as PneConsents,
      onAnswer: ({ number, reason, status, results }) =>
        trial.answers.push([number, reason, status, ...results].join(' ')),
    });
  }

  order(number: number, order: Parameters<typeof encodeOrder>[1]): void {
    this.desk.obey(encodeOrder(number, order));
  }
}

test('a wish is answered as the server answers it', () => {
  const trial = new Trial();
  trial.order(1, LIST);
  assert.equal([trial.done, trial.answers], [['ask 5'], []]);
  trial.answerWish({ serial: 1, status: Status.notOwner, results: [7] });
  assert.equal(trial.answers, [`1 0 ${Status.notOwner} 7`]);
});

test('a wish that no server answers is answered with a reason', () => {
  const trial = new Trial();
  trial.order(1, LIST);
  trial.answerWish(undefined);
  assert.equal(trial.answers, [`1 ${Reason.storeFailed} 0`]);
});

test('what the PNE refuses is answered with its reason, and is forgotten', () => {
  const trial = new Trial();
  trial.refusal = 'queueFull';
  trial.order(1, LIST);
  trial.order(2, { kind: OrderKind.consent, question: 3, word: 1, seconds: 0 });
  trial.order(3, { kind: OrderKind.join, reference: REFERENCE });
  assert.equal(
    [trial.answers, trial.done],
    [[1, 2, 3].map((number) => `${number} ${Reason.queueFull} 0`), []],
  );
  trial.refusal = undefined;
  trial.order(4, { kind: OrderKind.consent, question: 3, word: 1, seconds: 0 });
  trial.order(5, { kind: OrderKind.join, reference: REFERENCE });
  assert.equal(trial.done, ['answer 3 consented 0', 'join 2']);
});

test('who joins is answered when its key is there, and not by what comes of other groups', () => {
  const trial = new Trial();
  trial.order(1, { kind: OrderKind.join, reference: REFERENCE });
  trial.desk.moved(REFERENCE + 2, MEMBERSHIP);
  trial.desk.moved(REFERENCE, undefined);
  assert.equal(trial.answers, []);
  trial.desk.moved(REFERENCE, MEMBERSHIP);
  trial.desk.moved(REFERENCE, MEMBERSHIP);
  assert.equal([trial.done, trial.answers], [['join 2'], ['1 0 0']]);
});

test('who leaves is answered when its key is gone, and not by a newer one', () => {
  const trial = new Trial();
  trial.groups = [MEMBERSHIP];
  trial.order(1, { kind: OrderKind.leave, reference: REFERENCE });
  trial.desk.moved(REFERENCE, { ...MEMBERSHIP, epoch: 2 });
  assert.equal(trial.answers, []);
  trial.desk.moved(REFERENCE, undefined);
  assert.equal([trial.done, trial.answers], [['leave 2'], ['1 0 0']]);
});

test('a key that the server keeps back is the reason that it does not join', () => {
  const trial = new Trial();
  trial.order(1, { kind: OrderKind.join, reference: REFERENCE });
  trial.desk.withheld(REFERENCE);
  trial.desk.withheld(REFERENCE);
  assert.equal(trial.answers, [`1 ${Reason.keyWithheld} 0`]);
});

test('a member joins, and who is none leaves, without asking anybody', () => {
  const trial = new Trial();
  trial.groups = [MEMBERSHIP];
  trial.order(1, { kind: OrderKind.join, reference: REFERENCE });
  trial.order(2, { kind: OrderKind.leave, reference: REFERENCE + 2 });
  assert.equal([trial.done, trial.answers], [[], ['1 0 0', '2 0 0']]);
});

test('no more groups are joined at a time than a PNE has room for, and each once', () => {
  const trial = new Trial();
  for (let at = 1; at <= pneMaxGroups + pneMaxNetworks; at += 1)
    trial.order(at, { kind: OrderKind.join, reference: 2 * at });
  assert.equal(trial.answers, []);
  trial.order(20, { kind: OrderKind.join, reference: 40 });
  trial.order(21, { kind: OrderKind.leave, reference: 2 });
  assert.equal(trial.answers, [`20 ${Reason.queueFull} 0`, `21 ${Reason.queueFull} 0`]);
  trial.desk.moved(2, MEMBERSHIP);
  trial.order(22, { kind: OrderKind.join, reference: 40 });
  assert.is(trial.done.pop(), 'join 40');
});

test('a consent, and how open contents are, are answered when the server has stored them', () => {
  const trial = new Trial();
  trial.order(1, { kind: OrderKind.consent, question: 3, word: 0, seconds: 60 });
  trial.order(2, { kind: OrderKind.openness, word: 1 });
  assert.equal([trial.done, trial.answers], [['answer 3 refused 60', 'open'], []]);
  trial.desk.settled(3, Status.ok);
  trial.desk.settled(0, Status.notAuthorized);
  trial.desk.settled(4, Status.ok);
  assert.equal(trial.answers, ['1 0 0', `2 0 ${Status.notAuthorized}`]);
});

test('a second answer to a question waits for the first', () => {
  const trial = new Trial();
  trial.order(1, { kind: OrderKind.consent, question: 3, word: 1, seconds: 0 });
  trial.order(2, { kind: OrderKind.consent, question: 3, word: 0, seconds: 0 });
  assert.equal([trial.done, trial.answers], [['answer 3 consented 0'], [`2 ${Reason.queueFull} 0`]]);
});

const MALFORMED: readonly (readonly [string, Uint8Array, string])[] = [
  ['no CBOR', Uint8Array.of(0x82, 4), `0 ${Reason.truncated} 0`],
  ['a byte too many', Uint8Array.of(...encodeOrder(1, LIST), 0), `0 ${Reason.trailingBytes} 0`],
  ['of no kind', of([4, 8, 9, 1]), `8 ${Reason.messageInvalid} 0`],
  ['without a number', of([4]), `0 ${Reason.messageInvalid} 0`],
];

for (const [name, bytes, answer] of MALFORMED) {
  test(`an order that is ${name} is answered with a reason, and changes nothing`, () => {
    const trial = new Trial();
    trial.desk.obey(bytes);
    assert.equal([trial.done, trial.answers], [[], [answer]]);
  });
}

function of(items: readonly FlatItem[]): Uint8Array {
  return encodeFlat(items);
}

test.run();
