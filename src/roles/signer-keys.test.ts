// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import type { Signer } from '../groups/signing.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { ServerGroup } from './group-key.ts';
import { newGroup } from './group-record.ts';
import { PROVIDER } from './identities.testing.ts';
import { signerAnswer } from './signer-keys.ts';
import { decodeSignerKey } from './signer-message.ts';

const test = suite('signer keys');

const ROOT = PROVIDER.secret(new Uint8Array(32).fill(1));
const SIGNER: Signer = Object.freeze({ reference: 2, epoch: 1, sender: 0 });
const P256 = createIdentity(PROVIDER, Curve.P256, 'pne-1', Uint8Array.of(1)).credential;
const X25519 = createIdentity(PROVIDER, Curve.X25519, 'pne-2', Uint8Array.of(2)).credential;

function groupOf(...members: string[]): ServerGroup {
  const own = { reference: 2, name: 'lights', owner: undefined, service: '', signed: true };
  const rekeying = { fillRandom: PROVIDER.fillRandom, bootOf: () => undefined };
  return new ServerGroup(PROVIDER, ROOT, newGroup(own, members, rekeying));
}

function answered(
  pneId: string,
  signer = SIGNER,
  group: ServerGroup | undefined = groupOf('pne-1', 'pne-2'),
) {
  const credentialOf = (id: string) => [P256, X25519].find(({ subject }) => subject === id);
  const { key, ...of } = decodeSignerKey(signerAnswer(signer, pneId, group, credentialOf));
  assert.equal(of, signer);
  return key;
}

test('a member is told the key of another, whole again with its sign', () => {
  const key = answered('pne-2');
  assert.equal(PROVIDER.wholeKey(Curve.P256, key.subarray(1), key[0] === 1), P256.publicKey);
});

test('who is no member is told nothing', () => {
  assert.is(answered('pne-3').length, 0);
  assert.is(answered('pne-2', SIGNER, groupOf('pne-1')).length, 0);
});

test('nothing is told of another epoch, of a number that nobody has, and of a key that signs nothing', () => {
  for (const change of [{ epoch: 2 }, { epoch: 0 }, { sender: 2 }, { sender: 1 }])
    assert.is(answered('pne-1', { ...SIGNER, ...change }).length, 0);
});

test('nothing is told of a member whose credential is gone', () => {
  assert.is(answered('pne-2', SIGNER, groupOf('pne-9', 'pne-2')).length, 0);
});

test.run();
