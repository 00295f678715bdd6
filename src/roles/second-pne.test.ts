// SPDX-License-Identifier: Apache-2.0

/** A second PNE under the name of the first, and one without a name. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Credential } from '../handshake/credential.ts';
import { createInitiator } from '../handshake/initiator.ts';
import { PLAIN_STREAM } from '../link/attestation.ts';
import { NEGOTIATION_EAD_LABEL, negotiationItem, negotiationValue } from '../negotiation/ead.ts';
import { createOffer } from '../negotiation/exchange.ts';
import { assertRecovers, deliver, holdHandshake, refusedAt, takeOne } from './attacker.testing.ts';
import { assertRefused, networkWith } from './attacks.testing.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import { sideOf, staticDhInterface } from './interface.ts';
import { createTestNetwork } from './network.testing.ts';

const test = suite('second PNEs');

test('a second PNE that registers under the name of the first', () => {
  const network = createTestNetwork({
    identities: { ...IDENTITIES, pne: IDENTITIES.otherPne, otherPne: IDENTITIES.pne },
  });
  network.server.deliver('pne-1', 'for the first');
  network.linkUp();
  network.settle();
  assert.ok(refusedAt(network, 'server').includes('messageInvalid'));
  network.fireTimers();
  network.settle();
  assert.equal(network.contents, []);
});

test('a second PNE on a link that the first has secured', () => {
  const network = createTestNetwork();
  network.linkUp();
  network.settle();
  const held = holdHandshake(network, 'CPNS-1');
  const other = createInitiator({
    provider: PROVIDER,
    suites: [2],
    knownEad: [NEGOTIATION_EAD_LABEL],
    method: 3,
    identities: [IDENTITIES.otherPne],
  });
  const own = sideOf(staticDhInterface('pne', 'CPNS-1', PROVIDER, IDENTITIES.otherPne, []), PLAIN_STREAM);
  const ead1 = [negotiationItem(createOffer(own).bytes)];
  const wait = other.start({ connectionId: Uint8Array.of(0), ead1 });
  deliver(network, 'CPNS-1', { bytes: wait.message, towards: 'responder' });
  const verified = wait.receive(takeOne(held).bytes).verify(IDENTITIES.gateway.credential);
  const { message } = verified.finish([negotiationItem(negotiationValue(verified.ead2)!)]);
  deliver(network, 'CPNS-1', { bytes: message, towards: 'responder' });
  assert.equal(refusedAt(network, 'gateway'), ['credentialUnknown']);
  assertRecovers(network);
});

test('a PNE whose credential has no name', () => {
  const network = networkWith('server', 'CPNS-3', (own) => ({
    ...own,
    peers: {
      candidates: (idCred) =>
        own.peers.candidates(idCred).map(({ subject: _, ...nameless }): Credential => nameless),
    },
  }));
  network.linkUp();
  network.settle();
  assertRefused(network, 'server', 'CPNS-3', 'credentialUnknown');
});

test.run();
