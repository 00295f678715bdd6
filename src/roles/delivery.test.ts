// SPDX-License-Identifier: Apache-2.0

/** What a link, a gateway or a store may do to messages, and what became of each of them all the same. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { refusedAt } from './attacker.testing.ts';
import { connected, outcomes, passAll, recover, sorted, upTo, values } from './scenario.testing.ts';

const test = suite('delivery');

test('a reading that a gateway drops while forty others pass is delivered, or has no receipt', () => {
  const network = connected();
  network.relay = () => [];
  network.pne.report(0);
  network.settle();
  passAll(network);
  for (let value = 1; value <= 40; value += 1) {
    if (network.pne.room === 0) break;
    network.pne.report(value);
    network.settle();
  }
  assert.not.ok(network.receipts.some(({ handle }) => handle === 0));
  recover(network);
  assert.equal(sorted(network), upTo(network.received.length));
  assert.is(outcomes(network, 'accepted'), network.received.length);
  assert.ok(network.pne.idle);
});

test('readings never run further ahead of one that is missing than the server can tell apart', () => {
  const network = connected();
  network.relay = () => [];
  network.pne.report(0);
  network.settle();
  passAll(network);
  let reported = 1;
  for (let round = 0; round < 60 && network.pne.room > 0; round += 1) {
    network.pne.report(reported);
    reported += 1;
    network.settle();
  }
  assert.is(network.received.length, ImplementationLimits.readingSpan - 1);
  recover(network);
  assert.equal(sorted(network), upTo(reported));
});

test('a PNE whose store takes nothing keeps its link and its readings, and sends them when it does', () => {
  const network = connected();
  network.boots.isFull = true;
  network.restart('pne');
  network.pne.report('kept');
  recover(network, 4);
  assert.ok(network.isUp);
  assert.equal(values(network), []);
  assert.ok(refusedAt(network, 'pne').every((reason) => reason === 'storeFailed'));
  assert.ok(refusedAt(network, 'pne').length > 1);
  network.boots.isFull = false;
  recover(network);
  assert.equal(values(network), ['kept']);
});

test('a server whose store takes nothing confirms nothing, and takes each reading once when it does', () => {
  const network = connected();
  network.stored.isFull = true;
  network.pne.report('kept');
  recover(network, 3);
  assert.equal(network.receipts, []);
  assert.equal(values(network), []);
  network.stored.isFull = false;
  recover(network);
  assert.equal(values(network), ['kept']);
  assert.is(outcomes(network, 'accepted'), 1);
});

test('a server that was restarted with its store takes no reading twice', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'server' ? [message] : []);
  network.pne.report('once');
  network.settle();
  assert.equal(values(network), ['once']);
  network.restart('server');
  passAll(network);
  recover(network);
  assert.equal(values(network), ['once']);
  assert.is(outcomes(network, 'accepted'), 1);
});

test('a server that was restarted delivers what it had queued, each content once', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'server' ? [] : [message]);
  for (const value of ['received, and not confirmed', 'second', 'third']) {
    network.server.deliver('pne-1', value);
    network.settle();
  }
  network.restart('server');
  passAll(network);
  recover(network);
  assert.equal(network.contents, ['received, and not confirmed', 'second', 'third']);
  assert.equal(
    network.settled.map(({ outcome }) => outcome),
    ['delivered', 'delivered', 'delivered'],
  );
});

test('contents go on with the next reading after the way down was cut for long', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'gateway' ? [] : [message]);
  for (const value of ['first', 'second']) network.server.deliver('pne-1', value);
  for (let round = 0; round < 6; round += 1) network.fireTimers();
  passAll(network);
  network.pne.report('reading');
  network.settle();
  assert.equal(network.contents, ['first', 'second']);
});

test('contents go on by themselves after the way down was cut, for a PNE with nothing to say', () => {
  const network = connected();
  network.relay = (message, towards) => (towards === 'gateway' ? [] : [message]);
  network.server.deliver('pne-1', 'content');
  for (let round = 0; round < 12; round += 1) network.fireTimers();
  passAll(network);
  network.fireTimers();
  network.settle();
  assert.equal(network.contents, ['content']);
});

test('a PNE with nothing to say notices after a time that the server has forgotten it', () => {
  const network = connected();
  network.server.deliver('pne-1', 'before');
  network.settle();
  // The server's process was replaced behind a link that stayed.
  network.restartServerAlone();
  network.server.deliver('pne-1', 'after');
  network.settle();
  assert.equal(network.contents, ['before']);
  // Once for what it heard before, once for the silence since.
  for (let hour = 1; hour <= 2; hour += 1) {
    network.fireTimers((milliseconds) => milliseconds === ImplementationLimits.signOfLifeMs);
  }
  recover(network);
  assert.equal(network.contents, ['before', 'after']);
});

test('one that hears the server does not ask', () => {
  const network = connected();
  let registrations = 0;
  network.server.deliver('pne-1', 'heard');
  network.settle();
  network.relay = (message, towards) => {
    if (towards === 'server') registrations += 1;
    return [message];
  };
  network.fireTimers((milliseconds) => milliseconds === ImplementationLimits.signOfLifeMs);
  network.settle();
  assert.is(registrations, 0);
  network.fireTimers((milliseconds) => milliseconds === ImplementationLimits.signOfLifeMs);
  network.settle();
  assert.is(registrations, 1);
});

test('one dropped reading among many that pass does not make new keys', () => {
  const network = connected();
  const agreements = network.agreements.length;
  network.relay = () => [];
  network.pne.report('dropped');
  network.settle();
  for (let round = 0; round < 8; round += 1) {
    passAll(network);
    network.pne.report(round);
    network.settle();
    network.relay = () => [];
    network.fireTimers();
    network.settle();
  }
  assert.is(network.agreements.length, agreements);
  passAll(network);
  recover(network);
  assert.is(network.received.length, 9);
});

test.run();
