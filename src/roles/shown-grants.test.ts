// SPDX-License-Identifier: Apache-2.0

/** Grants that a PNE shows to a gateway which holds none of it: in EAD_3, between real roles. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { audienceKey } from '../authorization/audience-key.ts';
import type { Shown } from '../authorization/authority.ts';
import type { Claims } from '../authorization/claims.ts';
import { confirmationOf } from '../authorization/confirmation.ts';
import { macGrant } from '../authorization/grant.ts';
import { DEFAULT_PN, membership } from '../authorization/membership.ts';
import { ObjectKind, objectOf, rowFor } from '../authorization/operations.ts';
import { createCredentialStore } from '../handshake/credential.ts';
import { refusedAt } from './attacker.testing.ts';
import { GRANTED_SECONDS } from './grants.testing.ts';
import { IDENTITIES, PNE_ID, PROVIDER } from './identities.testing.ts';
import type { InterfaceOptions } from './interface.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { assertWorks, connected, recover } from './scenario.testing.ts';

const test = suite('shown grants');

const { pne, otherPne, gateway, server } = IDENTITIES;
const KNOWN = createCredentialStore([pne.credential, otherPne.credential]);
const AUDIENCE = 3;
const ISSUER_KEY = audienceKey(PROVIDER, server.privateKey, gateway.credential);
const SHOWN: Shown = {
  provider: PROVIDER,
  audience: AUDIENCE,
  verification: { macKey: audienceKey(PROVIDER, gateway.privateKey, server.credential) },
  known: KNOWN,
};

function grantWith(changes: Partial<Claims> = {}, key = ISSUER_KEY): Uint8Array {
  const claims = membership(DEFAULT_PN, 5, GRANTED_SECONDS);
  const confirmation = confirmationOf(PROVIDER, pne.credential, KNOWN);
  return macGrant({ ...claims, audience: AUDIENCE, confirmation, ...changes }, key);
}

/** A network whose gateway holds nothing, and whose PNE shows this to it, at every handshake. */
function networkShowing(shown: { grant: Uint8Array | undefined }): TestNetwork {
  const change = (own: InterfaceOptions, role: string) =>
    role === 'pne' && own.name === 'CPNS-1' ? { ...own, grant: () => shown.grant } : own;
  return createTestNetwork({ shown: SHOWN, change });
}

function start(network: TestNetwork): TestNetwork {
  network.linkUp();
  network.settle();
  return network;
}

function reasonAtGateway(grant: Uint8Array | undefined): string | undefined {
  const network = start(networkShowing({ grant }));
  assert.not.ok(network.agreements.some(({ at }) => at === 'gateway' || at === 'server'));
  return refusedAt(network, 'gateway')[0];
}

test('a PNE that shows a grant of the server for this gateway and its PN is let in', () => {
  assertWorks(start(networkShowing({ grant: grantWith() })));
});

test('it takes 41 bytes of message_3', () => {
  const plain = connected();
  const showing = start(networkShowing({ grant: grantWith() }));
  const bytesOf = (network: TestNetwork) =>
    network.agreements.find(({ at, agreement }) => at === 'gateway' && agreement.name === 'CPNS-1')!.agreement
      .handshakeBytes;
  assert.is(grantWith().length, 39);
  assert.is(bytesOf(showing) - bytesOf(plain), 44);
});

for (const [name, grant, reason] of [
  ['none', undefined, 'notAuthorized'],
  [
    'one that is not from the server',
    grantWith({}, audienceKey(PROVIDER, pne.privateKey, gateway.credential)),
    'integrityFailure',
  ],
  [
    'one that was stolen from another PNE',
    grantWith({ confirmation: confirmationOf(PROVIDER, otherPne.credential, KNOWN) }),
    'subjectMismatch',
  ],
  ['one that has expired', grantWith({ expiry: { exp: 0 } }), 'grantExpired'],
  ['one for another audience', grantWith({ audience: AUDIENCE + 1 }), 'audienceMismatch'],
  [
    'one of another gateway',
    grantWith({}, audienceKey(PROVIDER, server.privateKey, otherPne.credential)),
    'integrityFailure',
  ],
  ['one for another PN', grantWith({ scope: membership(DEFAULT_PN + 1, 0, 1).scope }), 'notAuthorized'],
  [
    'one that does not permit to join',
    grantWith({ scope: [rowFor(objectOf(ObjectKind.personalNetwork, DEFAULT_PN), 'pn-report')] }),
    'notAuthorized',
  ],
  ['what is no grant', new Uint8Array(40), 'grantInvalid'],
  ['nothing', new Uint8Array(0), 'truncated'],
] as const) {
  test(`a PNE that shows ${name} is refused: ${reason}`, () => {
    assert.is(reasonAtGateway(grant), reason);
  });
}

test('a scope that its holder widens is refused', () => {
  const narrow = rowFor(objectOf(ObjectKind.personalNetwork, DEFAULT_PN), 'pn-report');
  const widened = grantWith({ scope: [narrow] });
  const wide = grantWith();
  const at = widened.findIndex((byte, index) => byte !== wide[index]);
  widened[at] = wide[at]!;
  assert.is(reasonAtGateway(widened), 'integrityFailure');
});

test('an older grant that is shown after a revocation is refused, and a newer one is not', () => {
  const shown = { grant: grantWith() };
  const network = start(networkShowing(shown));
  network.grants.gateway.revoke(PNE_ID, 6);
  network.pne.report('cut');
  recover(network, 2);
  assert.not.ok(network.isUp && network.agreements.filter(({ at }) => at === 'gateway').length > 1);
  assert.ok(refusedAt(network, 'gateway').includes('grantRevoked'));
  shown.grant = grantWith({ sequence: 6 });
  recover(network);
  assert.equal(
    network.received.map(({ value }) => value),
    ['cut'],
  );
});

test('by reference: a grant that the gateway has need not be shown again, and an outdated one does no harm', () => {
  const shown: { grant: Uint8Array | undefined } = { grant: grantWith() };
  const network = start(networkShowing(shown));
  for (const grant of [undefined, grantWith({ sequence: 4 })]) {
    shown.grant = grant;
    network.linkDown();
    start(network);
  }
  assertWorks(network);
  assert.equal(refusedAt(network, 'gateway'), ['grantRevoked']);
});

test('a refused PNE has no session, and who is let in next finds room', () => {
  const shown: { grant: Uint8Array | undefined } = { grant: undefined };
  const network = networkShowing(shown);
  for (let tries = 0; tries < 6; tries += 1) {
    start(network);
    network.linkDown();
  }
  shown.grant = grantWith();
  assertWorks(start(network));
});

test.run();
