// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outcome, provider } from '../cose/test-fixture.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { groupKeyOf, newKey, ROOT_KEY_BYTES, userKeyOf } from './hierarchy.ts';
import { KeyPurpose, KeyState, ManagedKey } from './lifecycle.ts';
import { referenceOf, USER_KEY } from './reference.ts';
import { KEY_BYTES, proofOf, unwrapKey, wrapKey } from './wrapping.ts';

const test = suite('keys');

const STATES = Object.keys(KeyState) as (keyof typeof KeyState)[];
const ROOT = provider.secret(new Uint8Array(ROOT_KEY_BYTES).fill(1));
const SALT = new Uint8Array(16).fill(2);

function keyIn(state: keyof typeof KeyState) {
  const secret = provider.secret(new Uint8Array(KEY_BYTES));
  const key = new ManagedKey(secret, KeyPurpose.seal + KeyPurpose.open);
  if (state === 'retiring') key.move(KeyState.active);
  if (state !== 'provisioned') key.move(KeyState[state]);
  return { key, secret };
}

test('a key moves forward, one way, and to its end from everywhere', () => {
  const legal = STATES.flatMap((from) =>
    STATES.filter((to) => outcome(() => keyIn(from).key.move(KeyState[to])) === 'accepted').map(
      (to) => `${from} ${to}`,
    ),
  );
  assert.equal(legal, [
    'provisioned active',
    'provisioned destroyed',
    'active retiring',
    'active destroyed',
    'retiring destroyed',
    'destroyed destroyed',
  ]);
});

test('a key does what it is for, in the states in which it may', () => {
  const done = STATES.map((state) =>
    (['seal', 'open', 'wrap', 'unwrap'] as const).filter(
      (purpose) => outcome(() => keyIn(state).key.for(KeyPurpose[purpose])) === 'accepted',
    ),
  );
  assert.equal(done, [[], ['seal', 'open'], ['open'], []]);
});

test('a key that is destroyed is wiped', () => {
  const { key, secret } = keyIn('active');
  key.move(KeyState.destroyed);
  assert.is(
    outcome(() => provider.aeadKey(Algorithm.AES_CCM_16_64_128, secret)),
    'keyWiped',
  );
});

test('a wrapped key is 24 bytes, and opens under its reference and epoch alone', () => {
  const above = provider.secret(new Uint8Array(KEY_BYTES).fill(3));
  const key = provider.secret(new Uint8Array(KEY_BYTES).fill(4));
  const wrapped = wrapKey(provider, above, 2, 7, key);
  assert.is(wrapped.length, 24);
  const opened = unwrapKey(provider, above, 2, 7, wrapped);
  assert.equal(proofOf(provider, opened, 2, 7), proofOf(provider, key, 2, 7));
  for (const [reference, epoch] of [
    [2, 8],
    [4, 7],
    [7, 2],
  ] as const)
    assert.is(
      outcome(() => unwrapKey(provider, above, reference, epoch, wrapped)),
      'keyUnwrapFailed',
    );
  const other = provider.secret(new Uint8Array(KEY_BYTES).fill(5));
  assert.is(
    outcome(() => unwrapKey(provider, other, 2, 7, wrapped)),
    'keyUnwrapFailed',
  );
});

test('a wrapped key of another length, or changed in any byte, is none', () => {
  const above = provider.secret(new Uint8Array(KEY_BYTES).fill(3));
  const wrapped = wrapKey(provider, above, 2, 7, above);
  const others = [wrapped.slice(1), new Uint8Array(0), Uint8Array.of(...wrapped, 0)];
  for (let at = 0; at < wrapped.length; at++) {
    const changed = wrapped.slice();
    changed[at]! ^= 1;
    others.push(changed);
  }
  for (const other of others)
    assert.is(
      outcome(() => unwrapKey(provider, above, 2, 7, other)),
      'keyUnwrapFailed',
    );
});

test('a proof is that of one key, reference and epoch', () => {
  const key = (byte: number) => provider.secret(new Uint8Array(KEY_BYTES).fill(byte));
  const proofs = [
    proofOf(provider, key(1), 2, 7),
    proofOf(provider, key(2), 2, 7),
    proofOf(provider, key(1), 4, 7),
    proofOf(provider, key(1), 2, 8),
  ].map((proof) => proof.join());
  assert.is(new Set(proofs).size, 4);
});

test('no two keys of the hierarchy are the same', () => {
  const at = (epoch: number, salt = SALT) => ({ epoch, salt });
  const other = new Uint8Array(16).fill(3);
  const proofs = [
    userKeyOf(provider, ROOT, 'pne-1', at(1)),
    userKeyOf(provider, ROOT, 'pne-2', at(1)),
    userKeyOf(provider, ROOT, 'pne-1', at(2)),
    userKeyOf(provider, ROOT, 'pne-1', at(1, other)),
    groupKeyOf(provider, ROOT, 1, at(1)),
    groupKeyOf(provider, ROOT, 2, at(1)),
    groupKeyOf(provider, ROOT, 2, at(2)),
    groupKeyOf(provider, ROOT, 2, at(2, other)),
  ].map((key) => proofOf(provider, key, 0, 0).join());
  assert.is(new Set(proofs).size, proofs.length);
});

test('the same salt and epoch give the same key again, and a new key has a salt of its own', () => {
  const proof = () => proofOf(provider, groupKeyOf(provider, ROOT, 2, { epoch: 5, salt: SALT }), 2, 5);
  assert.equal(proof(), proof());
  let filled = 0;
  const fill = (target: Uint8Array) => void target.fill(++filled);
  assert.not.equal(newKey(fill, 1).salt, newKey(fill, 1).salt);
});

test('references of PNs and service groups never meet', () => {
  const all = [1, 2, 3].flatMap((n) => [referenceOf('pn', n), referenceOf('service', n)]);
  assert.equal(all, [1, 2, 3, 4, 5, 6]);
  assert.not.ok(all.includes(USER_KEY));
});

test.run();
