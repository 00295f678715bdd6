// SPDX-License-Identifier: Apache-2.0

/** References that name several credentials: whoever holds the key of one of them gets in, nobody else. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { createCountingProvider } from '../handshake/counting-provider.testing.ts';
import { type Credential, createCredentialStore, type Identity } from '../handshake/credential.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { ImplementationLimits } from '../limits.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { agreementsOn, deliver, holdHandshake, refusedAt, takeOne } from './attacker.testing.ts';
import { createTestInitiator, createTestResponder, GATEWAY_END, PNE_END } from './ends.testing.ts';
import { IDENTITIES, PROVIDER } from './identities.testing.ts';
import type { InterfaceOptions } from './interface.ts';
import { assertWorks, connected } from './scenario.testing.ts';

const test = suite('candidates');

const KID = Uint8Array.of(7);

function named(subject: string, curve: number = Curve.P256): Identity {
  return createIdentity(PROVIDER, curve, subject, KID);
}

const PNE = named('pne-1');
const TWINS = Array.from({ length: ImplementationLimits.maxCandidates - 1 }, (_, at) => named(`twin-${at}`));
/** As many of one kid as may be. */
const CREDENTIALS = [PNE, ...TWINS].map(({ credential }) => credential);

function knowing(own: InterfaceOptions, credentials: readonly Credential[]): InterfaceOptions {
  return { ...own, peers: createCredentialStore(credentials) };
}

for (const at of [0, 1, TWINS.length]) {
  test(`a PNE whose kid ${TWINS.length} others have, ${at} of them before it, sends and receives`, () => {
    const known = CREDENTIALS.slice(1);
    known.splice(at, 0, PNE.credential);
    const network = connected({
      identities: { ...IDENTITIES, pne: PNE },
      change: (own, role) => (role === 'pne' ? own : knowing(own, known)),
    });
    assert.equal(network.refusals, []);
    assert.equal(
      network.agreements.filter(({ at: role }) => role !== 'pne').map(({ agreement }) => agreement.peer),
      [PNE.credential, PNE.credential],
    );
    assertWorks(network);
  });
}

test('a PNE that knows two gateways and two servers of one kid finds the one that is there', () => {
  const [gateway, otherGateway, server, otherServer] = ['gw-1', 'gw-2', 'server-1', 'server-2'].map(
    (subject) => named(subject),
  ) as [Identity, Identity, Identity, Identity];
  for (const identities of [
    { ...IDENTITIES, gateway, server },
    { ...IDENTITIES, gateway: otherGateway, server: otherServer },
  ]) {
    const gateways = [gateway.credential, otherGateway.credential];
    const servers = [server.credential, otherServer.credential];
    const network = connected({
      identities,
      change: (own, role) =>
        role === 'pne' ? knowing(own, own.name === 'CPNS-1' ? gateways : servers) : own,
    });
    assert.equal(network.refusals, []);
    assertWorks(network);
  }
});

test('of one kid, a credential whose key is for another method is passed over', () => {
  const signs = named('signs', Curve.Ed25519).credential;
  for (const known of [
    [signs, CREDENTIALS[0]!],
    [CREDENTIALS[0]!, signs],
  ]) {
    const { responder } = handshake(PNE, known);
    assert.is(responder.agreements[0]?.peer.subject, 'pne-1');
  }
});

test('who has none of the keys learns nothing of how many there are, and leaves nothing', () => {
  const answers = [[], CREDENTIALS.slice(0, 1), CREDENTIALS].map((known) => {
    const { responder, counting, clock } = handshake(named('stranger'), known);
    assert.equal(responder.refusals, [known.length === 0 ? 'credentialUnknown' : 'macInvalid']);
    assert.equal(responder.agreements, []);
    responder.stop();
    assert.equal([responder.ids.size, clock.running, counting.alive()], [0, 0, 0]);
    return responder.sent.slice(1);
  });
  assert.is(answers[0]!.length, 1);
  assert.equal(answers[1], answers[0]);
  assert.equal(answers[2], answers[0]);
});

test('an Initiator of which nobody has the key answers nothing, and leaves nothing', () => {
  const counting = createCountingProvider(PROVIDER);
  const own = knowing({ ...PNE_END, provider: counting.provider }, CREDENTIALS);
  const initiator = createTestInitiator(own);
  const responder = createTestResponder({ ...GATEWAY_END, identities: [named('stranger')] });
  responder.receive(initiator.sent[0]!);
  initiator.receive(responder.sent[0]!);
  assert.equal(initiator.refusals, ['macInvalid']);
  assert.is(initiator.sent.length, 1);
  initiator.stop();
  assert.is(counting.alive(), 0);
});

test('on a link that one PNE has secured, another one of its kid stays out', () => {
  const network = connected({
    identities: { ...IDENTITIES, pne: PNE },
    change: (own, role) => (role === 'pne' ? own : knowing(own, CREDENTIALS)),
  });
  const twin = createTestInitiator({ ...PNE_END, identities: [TWINS[0]!] });
  const answers = holdHandshake(network, 'CPNS-1');
  deliver(network, 'CPNS-1', { bytes: twin.sent[0]!, towards: 'responder' });
  twin.receive(takeOne(answers).bytes);
  deliver(network, 'CPNS-1', { bytes: twin.sent[1]!, towards: 'responder' });
  assert.equal(refusedAt(network, 'gateway'), ['macInvalid']);
  assert.is(agreementsOn(network, 'CPNS-1').length, 2);
});

/** `who` with a gateway that knows these. */
function handshake(who: Identity, known: readonly Credential[]) {
  const counting = createCountingProvider(PROVIDER);
  const clock = new VirtualTime();
  const isFound = known.some(({ cred }) => cred === who.credential.cred);
  const provider = isFound ? PROVIDER : counting.provider;
  const responder = createTestResponder(knowing({ ...GATEWAY_END, provider }, known), { clock });
  const initiator = createTestInitiator({ ...PNE_END, identities: [who] });
  responder.receive(initiator.sent[0]!);
  initiator.receive(responder.sent[0]!);
  responder.receive(initiator.sent[1]!);
  return { responder, counting, clock };
}

test.run();
