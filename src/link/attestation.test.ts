// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Algorithm } from '../crypto/algorithms.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import { type Attestation, type LinkKind, linkEvidence } from './attestation.ts';

const test = suite('link/attestation');
const provider = createNobleProvider((target) => target.fill(0));
const evidence = (attestation: Attestation) =>
  linkEvidence(attestation, (data) => provider.hash(Algorithm.SHA_256, data));

const BLE: Attestation = Object.freeze({
  kind: 'ble',
  encrypted: true,
  authenticated: true,
  bonded: true,
  keySize: 16,
  secureConnections: true,
  peer: Uint8Array.of(1, 2, 3, 4, 5, 6),
  channelBinding: new Uint8Array(16).fill(9),
});
const TLS: Attestation = Object.freeze({
  ...BLE,
  kind: 'tls',
  bonded: false,
  secureConnections: false,
  channelBinding: new Uint8Array(32).fill(9),
});
const IPSEC: Attestation = Object.freeze({ ...TLS, kind: 'ipsec' });

function without(attestation: Attestation, key: 'peer' | 'channelBinding'): Attestation {
  const { [key]: _, ...rest } = attestation;
  return rest;
}

test('a bonded Secure Connections link shows the strength of its pairing, its tag and its key', () => {
  const { binding, ...strength } = evidence(BLE)!;
  assert.equal(strength, { kind: 'ble', authentication: 20, integrity: 32, confidentiality: 128 });
  assert.is(binding.length, 16);
});

test('TLS and IPsec show theirs', () => {
  assert.is(evidence(TLS)!.integrity, 128);
  assert.is(evidence(TLS)!.authentication, 128);
  assert.is(evidence({ ...TLS, keySize: 32 })!.confidentiality, 256);
  assert.is(evidence(IPSEC)!.integrity, 96);
});

const LIES: readonly (readonly [string, Attestation])[] = [
  ['a plain stream, whatever it reports', { ...TLS, kind: 'stream' }],
  ['a kind of link that is not known', { ...TLS, kind: 'carrier-pigeon' as LinkKind }],
  ['a name that every object has', { ...TLS, kind: 'constructor' as LinkKind }],
  ['an unencrypted Bluetooth link', { ...BLE, encrypted: false }],
  ['an unencrypted TLS link', { ...TLS, encrypted: false }],
  ['a pairing that was not bonded', { ...BLE, bonded: false }],
  ['a legacy pairing', { ...BLE, secureConnections: false }],
  ['a Bluetooth key of 15 bytes', { ...BLE, keySize: 15 }],
  ['a Bluetooth key of 7 bytes', { ...BLE, keySize: 7 }],
  ['a TLS key of 8 bytes', { ...TLS, keySize: 8 }],
  ['a key of no size', { ...BLE, keySize: Number.NaN }],
  ['a Bluetooth link without channel binding', without(BLE, 'channelBinding')],
  ['a TLS link without channel binding', without(TLS, 'channelBinding')],
  ['an empty channel binding', { ...TLS, channelBinding: new Uint8Array(0) }],
  ['a channel binding that is too short', { ...TLS, channelBinding: new Uint8Array(7) }],
  ['a channel binding that is too long', { ...TLS, channelBinding: new Uint8Array(65) }],
  ['an IPsec link without an authenticated peer', { ...IPSEC, authenticated: false }],
];

for (const [name, attestation] of LIES) {
  test(`${name} realises nothing`, () => assert.is(evidence(attestation), undefined));
}

test('a link that names nobody authenticates nobody', () => {
  for (const attestation of [BLE, TLS, IPSEC]) {
    assert.is(evidence(without(attestation, 'peer'))!.authentication, undefined);
    assert.is(evidence({ ...attestation, peer: new Uint8Array(0) })!.authentication, undefined);
  }
});

test('Just Works authenticates nobody, whoever it names: its channel counts for what it carries', () => {
  const { authentication, integrity, confidentiality } = evidence({ ...BLE, authenticated: false })!;
  assert.is(authentication, undefined);
  assert.equal([integrity, confidentiality], [32, 128]);
});

test('TLS that verified no certificate authenticates nobody, whoever it names', () => {
  const { authentication, integrity } = evidence({ ...TLS, authenticated: false })!;
  assert.is(authentication, undefined);
  assert.is(integrity, 128);
});

test('both ends of one channel name it alike, whatever else they see', () => {
  const other = { ...BLE, peer: Uint8Array.of(6, 5, 4, 3, 2, 1) };
  assert.equal(evidence(other)!.binding, evidence(BLE)!.binding);
});

test('another channel, and the same bytes on another kind of link, have another name', () => {
  const names = [
    BLE,
    { ...BLE, channelBinding: new Uint8Array(16).fill(8) },
    { ...BLE, channelBinding: new Uint8Array(17).fill(9) },
    { ...TLS, channelBinding: new Uint8Array(16).fill(9) },
  ].map((attestation) => evidence(attestation)!.binding.join());
  assert.is(new Set(names).size, names.length);
});

test.run();
