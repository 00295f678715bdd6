// SPDX-License-Identifier: Apache-2.0

/** What is granted, between real roles: a PNE does nothing at gateway and server that no grant permits. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { THIS_END } from '../authorization/cti.ts';
import { DEFAULT_PN, membership } from '../authorization/membership.ts';
import { ObjectKind, type OperationName, objectOf, rowFor } from '../authorization/operations.ts';
import { ImplementationLimits } from '../limits.ts';
import { refusedAt } from './attacker.testing.ts';
import { GRANTED_SECONDS } from './grants.testing.ts';
import { PNE_ID } from './identities.testing.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { assertWorks, connected, outcomes, passAll, recover, values } from './scenario.testing.ts';

const test = suite('grants');
const PN = objectOf(ObjectKind.personalNetwork, DEFAULT_PN);

/** Grants the PNE these operations at the server and nothing else. */
function grantOnly(network: TestNetwork, ...operations: OperationName[]): void {
  const scope = [rowFor(PN, ...operations)];
  network.grants.server.hold(PNE_ID, {
    audience: THIS_END,
    sequence: 1,
    scope,
    expiry: { exp: GRANTED_SECONDS },
  });
}

function grantMembershipAt(network: TestNetwork, role: 'gateway' | 'server', sequence: number): void {
  network.grants[role].hold(PNE_ID, membership(DEFAULT_PN, sequence, GRANTED_SECONDS));
}

function start(network: TestNetwork): void {
  network.linkUp();
  network.settle();
}

test('a PNE without a grant gets no further than its handshake with the server, and is told why', () => {
  const network = createTestNetwork();
  network.grants.server.revoke(PNE_ID, 1);
  network.pne.report('reading');
  start(network);
  assert.equal(values(network), []);
  assert.equal(network.refusals, [
    { at: 'server', reason: 'notAuthorized' },
    { at: 'pne', reason: 'notAuthorized' },
  ]);
  assert.equal(network.named, [PNE_ID]);
});

test('it keeps its readings, asks again, and delivers them once it has a grant', () => {
  const network = createTestNetwork();
  network.grants.server.revoke(PNE_ID, 1);
  network.pne.report('reading');
  recover(network);
  assert.not.ok(network.pne.idle);
  grantMembershipAt(network, 'server', 1);
  recover(network);
  assert.equal(values(network), ['reading']);
  assertNothingLost(network);
});

test('it is answered as soon as it has a grant, without asking again', () => {
  const network = createTestNetwork();
  network.grants.server.revoke(PNE_ID, 1);
  network.pne.report('reading');
  start(network);
  network.server.readmit();
  network.settle();
  assert.equal(values(network), []);
  grantMembershipAt(network, 'server', 1);
  network.server.readmit();
  network.server.readmit();
  network.settle();
  assert.equal(values(network), ['reading']);
  assertNothingLost(network);
});

function assertNothingLost(network: TestNetwork): void {
  assert.ok(network.pne.idle);
  assert.is(outcomes(network, 'accepted'), values(network).length);
}

test('what is revoked cuts a live session before its next record', () => {
  const network = connected();
  network.pne.report('before');
  network.settle();
  network.grants.server.revoke(PNE_ID, 1);
  network.pne.report('after');
  network.settle();
  assert.equal(values(network), ['before']);
  assert.equal(network.receipts, [{ handle: 0, outcome: 'accepted' }]);
  assert.equal(refusedAt(network, 'server'), ['notAuthorized']);
});

test('no content goes to a PNE whose grant is revoked, though it is queued', () => {
  const network = connected();
  network.grants.server.revoke(PNE_ID, 1);
  network.server.deliver(PNE_ID, 'content');
  recover(network, 3);
  assert.equal(network.contents, []);
  grantMembershipAt(network, 'server', 1);
  recover(network);
  assert.equal(network.contents, ['content']);
  assert.equal(network.settled, [{ ticket: 0, outcome: 'delivered' }]);
});

test('what is revoked stays so when the server starts anew', () => {
  const network = connected();
  network.grants.server.revoke(PNE_ID, 1);
  network.restart('server');
  network.pne.report('reading');
  recover(network);
  assert.equal(values(network), []);
  assert.ok(refusedAt(network, 'server').includes('notAuthorized'));
});

test('another PNE goes on', () => {
  const network = connected();
  network.grants.server.revoke('pne-2', 1);
  network.grants.gateway.revoke('pne-2', 1);
  assertWorks(network);
});

test('a grant that has expired is none, in a session that began before', () => {
  const network = connected();
  network.grants.now = GRANTED_SECONDS - 1;
  network.pne.report('in time');
  network.settle();
  network.grants.now = GRANTED_SECONDS;
  network.pne.report('late');
  network.settle();
  assert.equal(values(network), ['in time']);
});

test('who may join and not report has its readings rejected', () => {
  const network = createTestNetwork();
  grantOnly(network, 'pn-join', 'pn-receive');
  start(network);
  network.pne.report('reading');
  network.server.deliver(PNE_ID, 'content');
  network.settle();
  assert.equal(values(network), []);
  assert.equal(network.receipts, [{ handle: 0, outcome: 'rejected' }]);
  assert.equal(network.contents, ['content']);
});

test('who may join and not receive gets no content, and would take none', () => {
  const network = createTestNetwork();
  grantOnly(network, 'pn-join', 'pn-report');
  start(network);
  network.pne.report('reading');
  network.server.deliver(PNE_ID, 'content');
  network.settle();
  assert.equal(values(network), ['reading']);
  assert.equal(network.contents, []);
  assert.equal(network.settled, []);
});

test('who may report and not join does neither', () => {
  const network = createTestNetwork();
  grantOnly(network, 'pn-report', 'pn-receive');
  start(network);
  network.pne.report('reading');
  network.settle();
  assert.equal(values(network), []);
});

test('a grant for another PN is none', () => {
  for (const role of ['gateway', 'server'] as const) {
    const network = createTestNetwork();
    network.grants[role].hold(PNE_ID, membership(DEFAULT_PN + 1, 1, GRANTED_SECONDS));
    network.pne.report('reading');
    recover(network, 3);
    assert.equal(values(network), []);
    assert.ok(refusedAt(network, role).includes('notAuthorized'));
  }
});

/** Only a server that is not the one of this project sends what it has not said it may. */
test('a PNE takes no content that the server has not been granted to deliver', () => {
  const network = createTestNetwork();
  grantOnly(network, 'pn-join', 'pn-report');
  start(network);
  grantOnly(network, 'pn-join', 'pn-receive');
  network.server.deliver(PNE_ID, 'content');
  network.settle();
  assert.equal(network.contents, []);
  assert.equal(network.settled, [{ ticket: 0, outcome: 'rejected' }]);
  assert.equal(refusedAt(network, 'pne'), ['notAuthorized']);
});

test('what the server may do at a PNE ends within a day, by the timer of the PNE, which then registers again', () => {
  const network = connected();
  const agreements = network.agreements.length;
  passDay(network);
  network.server.deliver(PNE_ID, 'content');
  network.settle();
  assert.equal(network.contents, []);
  passAll(network);
  recover(network, 3);
  assert.equal(network.contents, ['content']);
  assert.is(values(network).length, 24);
  assert.is(network.agreements.length, agreements);
});

/** Each hour something is heard, so that nothing but the end of the grant makes the PNE register. */
function passDay(network: TestNetwork): void {
  const { signOfLifeMs, serverGrantSeconds } = ImplementationLimits;
  const hours = (serverGrantSeconds * 1000) / signOfLifeMs;
  for (let hour = 0; hour < hours; hour += 1) {
    network.pne.report(hour);
    network.settle();
    if (hour === hours - 1) network.relay = (message, towards) => (towards === 'server' ? [] : [message]);
    network.fireTimers((milliseconds) => milliseconds === signOfLifeMs);
  }
}

test('it does not outlast the grant of the PNE', () => {
  const network = createTestNetwork();
  network.grants.now = GRANTED_SECONDS - 100;
  start(network);
  let fired = 0;
  network.fireTimers((milliseconds) => {
    if (milliseconds === 100_000) fired += 1;
    return false;
  });
  assert.is(fired, 1);
});

test('a PNE that starts anew takes no content before the server has said that it may, in the new session', () => {
  const network = connected();
  network.restart('pne');
  start(network);
  assertWorks(network);
});

test('a gateway does not let in a PNE that has no grant for its PN', () => {
  const network = createTestNetwork();
  network.grants.gateway.revoke(PNE_ID, 1);
  start(network);
  assert.ok(network.refusals.some(({ at, reason }) => at === 'gateway' && reason === 'notAuthorized'));
  assert.not.ok(network.agreements.some(({ at }) => at === 'server'));
  assert.not.ok(network.agreements.some(({ at }) => at === 'gateway'));
  grantMembershipAt(network, 'gateway', 1);
  recover(network);
  assertWorks(network);
});

test('what a gateway learns is revoked ends the link with its next record, which it does not pass on', () => {
  const network = connected();
  network.grants.gateway.revoke(PNE_ID, 1);
  network.pne.report('reading');
  network.settle();
  assert.not.ok(network.isUp);
  assert.equal(values(network), []);
  assert.equal(refusedAt(network, 'gateway'), ['notAuthorized']);
  assert.equal(network.named, [PNE_ID]);
});

test('nor does it pass anything on to that PNE', () => {
  const network = connected();
  const passed: number[] = [];
  network.grants.gateway.revoke(PNE_ID, 1);
  network.tap = (message, towards) => {
    if (towards === 'pne') passed.push(message.length);
    return [message];
  };
  network.server.deliver(PNE_ID, 'content');
  network.settle();
  assert.equal(passed, []);
  assert.equal(network.contents, []);
});

test.run();
