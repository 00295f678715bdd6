// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../refusal.ts';
import { linkEvidence } from './attestation.ts';
import { type BleSecurity, BYE, bleAttestation, isBye, meetsDemand } from './ble.ts';
import { decodeFragment } from './fragment.ts';

const test = suite('link/ble');
const hash = (data: Uint8Array) => new Uint8Array(32).fill(data.length);

const PASSKEY: BleSecurity = Object.freeze({
  encrypted: true,
  authenticated: true,
  bonded: true,
  keySize: 16,
  secureConnections: true,
});
const JUST_WORKS: BleSecurity = Object.freeze({ ...PASSKEY, authenticated: false });
const BINDING = new Uint8Array(16).fill(1);
const PEER = Uint8Array.of(1);

test('an authenticated link serves every demand', () => {
  for (const authenticated of [true, false]) assert.ok(meetsDemand(PASSKEY, { authenticated }));
});

test('Just Works serves only where a man in the middle need not be excluded', () => {
  assert.not.ok(meetsDemand(JUST_WORKS, { authenticated: true }));
  assert.ok(meetsDemand(JUST_WORKS, { authenticated: false }));
});

for (const [name, security] of [
  ['no encryption', { ...PASSKEY, encrypted: false }],
  ['a key of 7 bytes', { ...PASSKEY, keySize: 7 }],
  ['a key of 15 bytes', { ...PASSKEY, keySize: 15 }],
  ['a key of an impossible size', { ...PASSKEY, keySize: 17 }],
  ['a key of no size', { ...PASSKEY, keySize: Number.NaN }],
] as const) {
  test(`${name} serves no demand`, () => {
    for (const authenticated of [true, false]) assert.not.ok(meetsDemand(security, { authenticated }));
  });
}

test('a stack that shows nothing of its pairing lets nothing be left to the link', () => {
  assert.is(linkEvidence(bleAttestation(PASSKEY, PEER), hash), undefined);
});

test('a bonded link with a channel binding shows its strength, and that of who is there where it was excluded', () => {
  const evidence = (security: BleSecurity) =>
    linkEvidence(bleAttestation({ ...security, channelBinding: BINDING }, PEER), hash);
  assert.is(evidence(PASSKEY)?.authentication, 20);
  assert.is(evidence(JUST_WORKS)?.authentication, undefined);
  for (const security of [PASSKEY, JUST_WORKS]) {
    assert.is(evidence(security)?.integrity, 32);
    assert.is(evidence({ ...security, secureConnections: false }), undefined);
  }
});

test('a link that is not secured yet shows nothing', () => {
  assert.not.ok(bleAttestation(undefined, PEER).encrypted);
  assert.is(linkEvidence(bleAttestation(undefined, PEER), hash), undefined);
});

test('a bye is no fragment', () => {
  const bye = Uint8Array.from(BYE);
  assert.ok(isBye(bye));
  assert.throws(
    () => decodeFragment(bye),
    (error: unknown) => error instanceof Refusal,
  );
  for (const other of [[], [1], [0, 0]]) assert.not.ok(isBye(Uint8Array.from(other)));
});

test.run();
