// SPDX-License-Identifier: Apache-2.0

/** A PNE is asked for its consent over CPNS-3, whatever is lost, repeated or restarted meanwhile. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { Channel } from '../link/channel.ts';
import { decodeRoute } from '../link/route.ts';
import { ownerNetwork, TestBook } from './consents.testing.ts';
import { PNE_ID } from './identities.testing.ts';

const test = suite('consent on CPNS-3');
const { keyMaxRequests, pneMaxQuestions } = ImplementationLimits;

test('the owner hears of a question when it is asked, answers, and hears that the answer is stored', () => {
  const { net, book, owner, questions, answered } = ownerNetwork();
  book.ask(7, 'bridge');
  net.server.askOwners();
  net.settle();
  assert.equal(questions, [7]);
  assert.equal(owner.questions, [
    { number: 7, operation: 'content-access', subject: 'bridge', target: PNE_ID },
  ]);
  owner.answer(7, 'consented', 60);
  net.settle();
  assert.equal([book.stateOf(7), book.seconds, answered], ['consented', [60], ['7 0']]);
  assert.equal(owner.questions, []);
  owner.answer(7, 'refused');
  net.settle();
  assert.equal([book.stateOf(7), answered], ['refused', ['7 0', '7 0']]);
});

test('what was asked before it came it hears of when it comes', () => {
  const book = new TestBook();
  book.ask(1);
  assert.equal(ownerNetwork(book).questions, [1]);
});

test('a PNE that was made without it is asked nothing, and goes on', () => {
  const book = new TestBook();
  book.ask(1);
  const { net } = ownerNetwork(book, false);
  net.server.askOwners();
  net.pne.report(1);
  net.settle();
  assert.equal([net.received.length, net.refusals], [1, []]);
});

test('at a server that asks nobody a PNE says a few times that it may be asked, and goes on', () => {
  const { net } = ownerNetwork('none');
  for (let round = 0; round < 2 * keyMaxRequests; round += 1) {
    net.fireTimers();
    net.settle();
  }
  net.pne.report(1);
  net.settle();
  assert.is(net.received.length, 1);
  assert.is(net.refusals.filter(({ reason }) => reason === 'messageInvalid').length, keyMaxRequests);
});

test('lost, in whichever direction, and sent again until it has come', () => {
  for (const towards of ['server', 'gateway'] as const)
    for (let lost = 0; lost < 4; lost += 1) {
      const { net, book, owner, questions, answered } = ownerNetwork();
      let number = 0;
      net.relay = (message, to) => (to === towards && number++ <= lost ? [] : [message]);
      book.ask(1);
      net.server.askOwners();
      net.settle();
      for (let round = 0; questions.length === 0 && round < 8; round += 1) {
        net.fireTimers();
        net.settle();
      }
      owner.answer(1, 'consented');
      net.settle();
      for (let round = 0; answered.length === 0 && round < 8; round += 1) {
        net.fireTimers();
        net.settle();
      }
      assert.equal([questions, book.stateOf(1), answered], [[1], 'consented', ['1 0']]);
    }
});

test('a server killed before an answer is stored, or behind it, comes to the same', () => {
  for (const isStored of [false, true]) {
    const state = ownerNetwork();
    const { net, book, questions, answered } = state;
    book.ask(1);
    net.server.askOwners();
    net.settle();
    book.isSlow = true;
    state.owner.answer(1, 'consented');
    net.settle();
    assert.is(book.storing.length, 1);
    net.relay = () => [];
    if (isStored) for (const store of book.storing) store();
    book.isSlow = false;
    net.restart('server');
    net.relay = (message) => [message];
    net.linkUp();
    net.settle();
    for (let round = 0; answered.length === 0 && round < 8; round += 1) {
      net.fireTimers();
      net.settle();
    }
    assert.equal([book.stateOf(1), answered, questions], ['consented', ['1 0'], [1]]);
  }
});

test('a PNE that restarts is asked again, and what it had answered stays answered', () => {
  const state = ownerNetwork();
  const { net, book, questions } = state;
  book.ask(1);
  book.ask(2);
  net.server.askOwners();
  net.settle();
  state.owner.answer(1, 'consented');
  net.settle();
  net.restart('pne');
  net.linkUp();
  net.settle();
  assert.equal([questions, book.stateOf(1)], [[1, 2, 2], 'consented']);
});

test('where the answer cannot be stored it is sent until it can', () => {
  const { net, book, owner, answered } = ownerNetwork();
  book.ask(1);
  net.server.askOwners();
  net.settle();
  book.fails = true;
  owner.answer(1, 'refused');
  net.settle();
  assert.equal([book.stateOf(1), answered], ['asked', []]);
  book.fails = false;
  net.fireTimers();
  net.settle();
  assert.equal([book.stateOf(1), answered], ['refused', ['1 0']]);
});

test('what somebody else answered, or nobody may have any more, needs no answer', () => {
  const { net, book, owner, questions, withdrawn, answered } = ownerNetwork();
  book.ask(1);
  net.server.askOwners();
  net.settle();
  book.rows.delete(1);
  net.server.askOwners();
  net.settle();
  assert.equal([questions, withdrawn, owner.questions], [[1], [1], []]);
  owner.answer(1, 'consented');
  net.settle();
  assert.equal(answered, ['1 1']);
});

test('who is not the owner answers nothing, and is told nothing', () => {
  const { net, book, owner, questions, answered } = ownerNetwork();
  book.owner = 'another';
  book.ask(1);
  net.server.askOwners();
  owner.answer(1, 'consented');
  owner.setOpenness('open');
  net.settle();
  assert.equal([questions, answered, book.stateOf(1), book.openness], [[], ['1 3', '0 3'], 'asked', []]);
});

test('a hostile subject with many questions gets one to the owner, and others get theirs beside it', () => {
  const { net, book, questions } = ownerNetwork();
  for (let number = 1; number <= 16; number += 1) book.ask(number, 'hostile');
  book.ask(17, 'honest');
  net.server.askOwners();
  net.settle();
  assert.equal(questions, [1, 17]);
  for (let number = 20; number < 40; number += 1) book.ask(number);
  net.server.askOwners();
  net.settle();
  assert.is(questions.length, pneMaxQuestions);
});

test('how open its contents are is stored with the boot and the serial that say so', () => {
  const state = ownerNetwork();
  const { net, book, answered } = state;
  state.owner.setOpenness('ask');
  net.settle();
  state.owner.setOpenness('closed');
  net.settle();
  net.restart('pne');
  state.owner.setOpenness('open');
  net.linkUp();
  net.settle();
  assert.equal(book.openness, ['ask 1 1', 'closed 1 2', 'open 2 1']);
  assert.equal(answered, ['0 0', '0 0', '0 0']);
});

test('a consent that a gateway holds back does not undo the refusal that came after it', () => {
  const { net, book, owner } = ownerNetwork();
  book.ask(1);
  net.server.askOwners();
  net.settle();
  const held: Uint8Array[] = [];
  net.relay = (message, towards) => {
    const isRecord = decodeRoute(message).message[0] === Channel.endToEndRecord;
    if (towards !== 'server' || !isRecord || held.length > 0) return [message];
    held.push(message);
    return [];
  };
  owner.answer(1, 'consented');
  net.settle();
  owner.answer(1, 'refused');
  net.settle();
  assert.equal([held.length, book.stateOf(1)], [1, 'refused']);
  net.injectRelay(held[0]!, 'server');
  net.settle();
  assert.is(book.stateOf(1), 'refused');
});

test('without a grant a PNE answers nothing', () => {
  const { net, book, owner } = ownerNetwork();
  book.ask(1);
  net.server.askOwners();
  net.settle();
  net.grants.server.revoke(PNE_ID, 1);
  owner.answer(1, 'consented');
  net.settle();
  assert.is(book.stateOf(1), 'asked');
  assert.is(net.refusals[net.refusals.length - 1]!.reason, 'notAuthorized');
});

test('more answers than may be under way are refused to their owner', () => {
  const { net, owner } = ownerNetwork();
  net.linkDown();
  for (let number = 1; number <= pneMaxQuestions; number += 1) owner.answer(number, 'refused');
  assert.throws(() => owner.answer(99, 'refused'), /queueFull/);
  owner.answer(1, 'consented');
  assert.throws(() => owner.answer(0, 'consented'), /badArgument/);
  assert.throws(() => owner.publish(2, 1), /groupUnknown/);
});

test.run();
