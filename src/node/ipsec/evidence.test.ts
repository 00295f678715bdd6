// SPDX-License-Identifier: Apache-2.0

/** What of IPsec counts as evidence: what a real pair showed does, at both ends alike, and without any part of it nothing does. */
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linkEvidence } from '../../link/attestation.ts';
import { Refusal } from '../../refusal.ts';
import { continues, type Ends, ipsecEvidence } from './evidence.ts';
import {
  INITIATOR,
  listed,
  RESPONDER,
  type Recorded,
  TRANSPORT,
  TUNNEL,
  TUNNEL_RESPONDER,
} from './recorded.testing.ts';
import type { ViciSection, ViciValue } from './vici-message.ts';
import { parseXfrmPolicies } from './xfrm-policy.ts';

const test = suite('node/ipsec/evidence');

const atInitiator = (name: Recorded) => ipsecEvidence(listed(name), parseXfrmPolicies(TUNNEL), INITIATOR);
const atResponder = (name: Recorded) =>
  ipsecEvidence(listed(name), parseXfrmPolicies(TUNNEL_RESPONDER), RESPONDER);

function refusal(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it counts');
}

test('a real pair is evidence for CPNS-2, and names the same channel at both ends', () => {
  const [initiator, responder] = [atInitiator('listed-initiator'), atResponder('listed-responder')];
  const hash = (data: Uint8Array) => createHash('sha256').update(data).digest();
  const evidence = linkEvidence(initiator.attestation, hash)!;
  assert.equal(
    [evidence.kind, evidence.authentication, evidence.integrity, evidence.confidentiality],
    ['ipsec', 128, 96, 128],
  );
  assert.equal(evidence.binding, linkEvidence(responder.attestation, hash)!.binding);
  assert.is(initiator.session, responder.session);
  assert.is(String(initiator.attestation.peer), 'server.example');
  assert.is(String(responder.attestation.peer), 'gateway.example');
});

test('new keys of the same IKE_SA are another channel of the same session; a new IKE_SA is another one', () => {
  const names = ['', 'after-child-rekey-', 'after-ike-rekey-'] as const;
  const channels = names.map((name) => {
    const [initiator, responder] = [
      atInitiator(`listed-${name}initiator`),
      atResponder(`listed-${name}responder`),
    ];
    assert.equal(initiator.attestation.channelBinding, responder.attestation.channelBinding);
    return initiator;
  });
  assert.is(new Set(channels.map(({ attestation }) => String(attestation.channelBinding))).size, 3);
  assert.equal(
    channels.map(({ session }) => session === channels[0]!.session),
    [true, true, false],
  );
});

/** After new keys of IKE, with values in place of those of the IKE_SA that followed. */
function successor(ofIke: Record<string, ViciValue>) {
  const policies = parseXfrmPolicies(
    TUNNEL.replaceAll('10.9.0.2', String(ofIke['remote-host'] ?? '10.9.0.2')),
  );
  const all = listed('listed-after-ike-rekey-initiator').map((event) => {
    const ike = new Map([...(event.get('cpns2') as ViciSection), ...Object.entries(ofIke)]);
    return new Map([['cpns2', ike]]);
  });
  return ipsecEvidence(all, policies, INITIATOR);
}

test('an association that a new IKE_SA has inherited is of the same two ends, whoever began that', () => {
  const before = atInitiator('listed-after-child-rekey-initiator');
  for (const next of [successor({}), successor({ initiator: 'no' })]) {
    assert.is.not(next.session, before.session);
    assert.ok(continues(before, next));
  }
});

test('one of another IKE_SA with other SPIs, identities or addresses is not', () => {
  assert.not(continues(atInitiator('listed-initiator'), successor({})));
  const before = atInitiator('listed-after-child-rekey-initiator');
  const others: Record<string, ViciValue>[] = [
    { 'remote-id': 'another.example' },
    { 'local-id': 'another.example' },
    { 'remote-host': '10.9.0.3' },
  ];
  for (const other of others) assert.not(continues(before, successor(other)), JSON.stringify(other));
});

test('an IPv4 address counts where a socket for both shows it as one of IPv6', () => {
  const mapped = ({ local, remote }: Ends): Ends => ({
    local: { ...local, address: `::ffff:${local.address}` },
    remote: { ...remote, address: `::ffff:${remote.address}` },
  });
  const policies = parseXfrmPolicies(TUNNEL);
  const { attestation } = ipsecEvidence(listed('listed-initiator'), policies, mapped(INITIATOR));
  assert.equal(attestation, atInitiator('listed-initiator').attestation);
});

for (const name of ['listed-without-child', 'listed-none'] as const)
  test(`refused: ${name}`, () => {
    const { reasonName, message } = refusal(() => atInitiator(name));
    assert.is(reasonName, 'attestationInsufficient');
    assert.match(
      message,
      /^attestationInsufficient \(73\): 0 IPsec associations .* 10\.10\.1\.1 to 10\.10\.2\.1/,
    );
  });

/** The recorded list with values in place of those of the IKE_SA or of the association. */
function changed(ofIke: Record<string, ViciValue>, ofChild: Record<string, ViciValue> = {}): ViciSection[] {
  return listed('listed-initiator').map((event) => {
    const ike = new Map([...(event.get('cpns2') as ViciSection), ...Object.entries(ofIke)]);
    const children = [...(ike.get('child-sas') as ViciSection)].map(
      ([name, child]) => [name, new Map([...(child as ViciSection), ...Object.entries(ofChild)])] as const,
    );
    ike.set('child-sas', new Map(children));
    return new Map([['cpns2', ike]]);
  });
}

const ASSOCIATIONS: readonly (readonly [string, readonly ViciSection[]])[] = [
  ['an IKE_SA that is not established', changed({ state: 'CONNECTING' })],
  ['an association that is not installed', changed({}, { state: 'REKEYED' })],
  ['one that does not encrypt (AH)', changed({}, { protocol: 'AH' })],
  ['one of another mode', changed({}, { mode: 'BEET' })],
  ['one without a cipher', changed({}, { 'encr-alg': 'NULL' })],
  ['one without a tag', changed({}, { 'encr-alg': 'AES_CBC' })],
  ['one with a tag of 64 bits', changed({}, { 'encr-alg': 'AES_GCM_8' })],
  ['one with a short key', changed({}, { 'encr-keysize': '64' })],
  ['one without a size of its key', changed({}, { 'encr-keysize': '' })],
  ['one for another local address', changed({}, { 'local-ts': ['10.10.1.2/32'] })],
  ['one for another remote address', changed({}, { 'remote-ts': ['10.10.2.2/32'] })],
  ['one for another port', changed({}, { 'remote-ts': ['10.10.2.1/32[tcp/8751]'] })],
  ['one for UDP', changed({}, { 'remote-ts': ['10.10.2.1/32[udp]'] })],
  ['one for a range, which is not read', changed({}, { 'remote-ts': ['10.10.2.1..10.10.2.9'] })],
  ['one with a text for a list', changed({}, { 'remote-ts': '10.10.2.1/32' })],
  ['one without SPIs', changed({}, { 'spi-in': '' })],
  ['one with other SPIs than numbers', changed({}, { 'spi-out': 'x' })],
  ['an IKE_SA without SPIs', changed({ 'initiator-spi': '0' })],
  ['an IKE_SA without an identity', changed({ 'remote-id': '' })],
  ['two associations', [...changed({}), ...changed({})]],
  ['a tunnel between others than the policy says', changed({ 'remote-host': '10.9.0.3' })],
  ['another request than the policy says', changed({}, { reqid: '2' })],
  ['another mode than the policy says', changed({}, { mode: 'TRANSPORT' })],
];
for (const [what, associations] of ASSOCIATIONS)
  test(`refused: ${what}`, () => {
    const policies = parseXfrmPolicies(TUNNEL);
    assert.is(
      refusal(() => ipsecEvidence(associations, policies, INITIATOR)).reasonName,
      'attestationInsufficient',
    );
  });

for (const [what, ofChild] of [
  ['a cipher with a tag beside it', { 'encr-alg': 'AES_CBC', 'integ-alg': 'HMAC_SHA1_96' }],
  ['ChaCha20/Poly1305, of which no size is shown', { 'encr-alg': 'CHACHA20_POLY1305', 'encr-keysize': '' }],
  [
    'selectors of TCP and its port',
    { 'remote-ts': ['10.10.0.0/16[tcp/8750]'], 'local-ts': ['0.0.0.0/0[tcp]'] },
  ],
] as const)
  test(`counts: ${what}`, () => {
    const { attestation } = ipsecEvidence(changed({}, ofChild), parseXfrmPolicies(TUNNEL), INITIATOR);
    assert.ok(attestation.encrypted && attestation.keySize >= 16);
  });

test('who was authenticated by EAP has that identity', () => {
  const associations = changed({ 'remote-eap-id': 'user@ims.example' });
  const { attestation } = ipsecEvidence(associations, parseXfrmPolicies(TUNNEL), INITIATOR);
  assert.is(String(attestation.peer), 'user@ims.example');
});

test('transport mode counts with its own policies', () => {
  const ends: Ends = {
    local: { address: '10.9.0.1', port: 40_000 },
    remote: { address: '10.9.0.2', port: 8750 },
  };
  const selectors = { 'local-ts': ['10.9.0.1/32'], 'remote-ts': ['10.9.0.2/32[tcp]'] };
  const associations = changed({}, { ...selectors, mode: 'TRANSPORT' });
  assert.ok(ipsecEvidence(associations, parseXfrmPolicies(TRANSPORT), ends).attestation.encrypted);
  assert.throws(
    () => ipsecEvidence(associations, parseXfrmPolicies(TUNNEL), ends),
    /no policy of the kernel/,
  );
});

const OUT = /^src 10\.10\.1\.1.*\n(?:\t.*\n)*/;
/** One more policy in front, of this head, terms and template. */
const before = (head: string, terms = 'dir out action allow', template = ''): string =>
  `src 10.10.1.1/32 dst 10.10.2.1/32 ${head}uid 0\n\t${terms} index 1 priority 5 ptype main share any\n${template}${TUNNEL}`;
const POLICIES: readonly (readonly [string, string])[] = [
  ['none at all', ''],
  ['none for what is sent', TUNNEL.replace(OUT, '')],
  ['none for what comes', TUNNEL.replace('dir in', 'dir fwd')],
  ['one that lets go without', TUNNEL.replaceAll('level required', 'level use')],
  ['one of AH', TUNNEL.replaceAll('proto esp', 'proto ah')],
  ['one that blocks', TUNNEL.replaceAll('action allow', 'action block')],
  ['one of an interface', TUNNEL.replaceAll(' uid 0\n\tdir', ' dev eth0 uid 0\n\tdir')],
  ['one of a mark', TUNNEL.replaceAll('\tlifetime config:', '\tmark 0x7/0xff\n\tlifetime config:')],
  ['one of UDP', TUNNEL.replaceAll('10.10.2.1/32 uid', '10.10.2.1/32 proto udp uid')],
  ['one that is bypassed', before('')],
  ['one that is bypassed for TCP', before('proto tcp dport 8750 ')],
  ['one that may be bypassed', before('dev eth0 ')],
];
for (const [what, text] of POLICIES)
  test(`refused, of policies: ${what}`, () => {
    assert.is.not(text, TUNNEL);
    const policies = parseXfrmPolicies(text);
    const error = refusal(() => ipsecEvidence(listed('listed-initiator'), policies, INITIATOR));
    assert.match(error.message, /no policy of the kernel forces/);
  });

test('a policy before it that is for others changes nothing', () => {
  for (const head of ['proto udp ', 'proto tcp dport 8751 ']) {
    const policies = parseXfrmPolicies(before(head));
    assert.ok(ipsecEvidence(listed('listed-initiator'), policies, INITIATOR).attestation.encrypted);
  }
});

test('what no ip prints is refused', () => {
  for (const text of [
    'Error',
    'src a',
    TUNNEL.replace('dir out', 'out'),
    TUNNEL.replace('priority 367232', 'priority high'),
    TUNNEL.replace('reqid 1(0x00000001)', ''),
    TUNNEL.replace('\t\tlevel required share any \n', ''),
    TUNNEL.replace('uid 0', 'uid'),
  ])
    assert.is(refusal(() => parseXfrmPolicies(text)).reasonName, 'messageInvalid');
  assert.is(
    refusal(() => parseXfrmPolicies(TUNNEL.replace('uid 0', 'uid 0 uid 0'))).reasonName,
    'duplicateKey',
  );
  assert.is(refusal(() => parseXfrmPolicies(TUNNEL.repeat(1000))).reasonName, 'tooManyItems');
});

test.run();
