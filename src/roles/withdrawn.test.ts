// SPDX-License-Identifier: Apache-2.0

/** A server's say on a PNE that ends: its credential is withdrawn, or another process has taken the PNE over. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PNE_ID } from './identities.testing.ts';
import { type InterfaceOptions, policyOf } from './interface.ts';
import { createTestNetwork } from './network.testing.ts';
import { NEW_PEER, withContent } from './peer-record.ts';
import { connected, recover, values } from './scenario.testing.ts';

const test = suite('withdrawn');

test('a PNE that the server expels is not heard in the session that it had', () => {
  const network = connected();
  network.server.expel(PNE_ID);
  network.pne.report('after');
  network.settle();
  assert.equal(values(network), []);
  assert.equal(network.refusals, [{ at: 'server', reason: 'kidUnknown' }]);
});

test('while its credential is there it comes again, and nothing is lost or doubled', () => {
  const network = connected();
  network.pne.report('before');
  network.settle();
  network.server.expel(PNE_ID);
  network.pne.report('after');
  recover(network);
  assert.equal(values(network), ['before', 'after']);
  assert.ok(network.pne.idle);
});

test('without its credential it does not', () => {
  let isKnown = true;
  const network = createTestNetwork({
    change: (own: InterfaceOptions, role) =>
      role !== 'server' || own.policy !== policyOf('server', 'CPNS-3')
        ? own
        : { ...own, peers: { candidates: (idCred) => (isKnown ? own.peers.candidates(idCred) : []) } },
  });
  network.linkUp();
  network.settle();
  isKnown = false;
  network.server.expel(PNE_ID);
  network.pne.report('after');
  recover(network);
  assert.equal(values(network), []);
  assert.ok(network.refusals.some(({ reason }) => reason === 'credentialUnknown'));
});

test('an unknown PNE is expelled without harm', () => {
  const network = connected();
  network.server.expel('nobody');
  network.gateway.expel('nobody');
  network.pne.report('reading');
  network.settle();
  assert.equal(values(network), ['reading']);
});

test('a PNE that the gateway expels has its link closed, and others have not', () => {
  const network = connected();
  network.gateway.expel('pne-2');
  network.settle();
  assert.ok(network.isUp);
  network.gateway.expel(PNE_ID);
  network.settle();
  assert.not.ok(network.isUp);
});

test('a server whose record of a PNE is out of date says nothing, and goes on with the one that is stored', () => {
  const network = connected();
  network.pne.report('before');
  network.settle();
  const stored = network.stored.records.get(PNE_ID)!;
  network.stored.records.set(PNE_ID, withContent(stored, Uint8Array.of(0x61, 0x78)));
  network.stored.isFull = true;
  network.pne.report('after');
  network.settle();
  assert.equal(values(network), ['before']);
  assert.ok(network.refusals.some(({ reason }) => reason === 'recordSuperseded'));
  network.stored.isFull = false;
  recover(network);
  assert.equal(values(network), ['before', 'after']);
  assert.equal(network.contents, ['x']);
  assert.ok(network.pne.idle);
});

test('a commit that fails and has changed nothing is tried again in the same session', () => {
  const network = connected();
  network.stored.isFull = true;
  network.pne.report('reading');
  network.settle();
  network.stored.isFull = false;
  const agreements = network.agreements.length;
  recover(network);
  assert.equal(values(network), ['reading']);
  assert.is(network.agreements.length, agreements);
  assert.not.equal(network.stored.records.get(PNE_ID), NEW_PEER);
});

test.run();
