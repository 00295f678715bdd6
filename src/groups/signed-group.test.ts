// SPDX-License-Identifier: Apache-2.0

/** Groups whose members sign what they say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { outcome } from '../cose/test-fixture.ts';
import { Curve } from '../crypto/curves.ts';
import { provider } from '../session/test-fixture.ts';
import { memberOf, REFERENCE } from './group.testing.ts';
import { type ContentSigning, signContent, verifyContent } from './signing.ts';

const test = suite('group with signatures');

const PAYLOAD = Uint8Array.of(1, 2, 3, 4, 5);

/** Of members 1 and 2, who know each other's keys: that of 2 is of Ed25519. */
function signers(): ContentSigning[] {
  const privateKeys = [1, 2].map((sender) =>
    provider.privateKey(sender === 1 ? Curve.P256 : Curve.Ed25519, new Uint8Array(32).fill(sender)),
  );
  return privateKeys.map((privateKey) => ({
    sign: (place, payload) => signContent(provider, privateKey, place, payload),
    verify({ sender }, place, signed) {
      const key = privateKeys[sender - 1];
      return key && verifyContent(provider, key, place, signed);
    },
    forget(): void {},
  }));
}

test('where contents are signed, a member takes those of keys it knows, by ES256 and EdDSA', () => {
  const [first, second] = signers();
  const a = memberOf(provider, 1, { signed: true }, first);
  const b = memberOf(provider, 2, { signed: true }, second);
  const content = a.seal(PAYLOAD);
  assert.equal(b.open(content), PAYLOAD);
  assert.equal(a.open(b.seal(PAYLOAD)), PAYLOAD);
  assert.is(content.length - PAYLOAD.length, 11 + 73);
});

test('a signature is for one place: nobody else, no other number, no other epoch', () => {
  const [signing] = signers();
  const place = Uint8Array.of(1, 2, 3);
  const signer = { reference: REFERENCE, epoch: 1, sender: 1 };
  const signed = signing!.sign(place, PAYLOAD);
  assert.equal(signing!.verify(signer, place, signed), PAYLOAD);
  for (const [of, at] of [
    [signer, Uint8Array.of(1, 2, 4)],
    [{ ...signer, sender: 2 }, place],
  ] as const)
    assert.not.equal(
      outcome(() => signing!.verify(of, at, signed)),
      'accepted',
    );
});

test('a member that signs by its own key in the name of another is refused', () => {
  const [first, second] = signers();
  const b = memberOf(provider, 2, { signed: true }, second);
  const strange = provider.privateKey(Curve.P256, new Uint8Array(32).fill(9));
  const sign = (place: Uint8Array, payload: Uint8Array) => signContent(provider, strange, place, payload);
  const forger = memberOf(provider, 1, { signed: true }, { ...first!, sign });
  assert.is(
    outcome(() => b.open(forger.seal(PAYLOAD))),
    'signatureInvalid',
  );
});

test('a group that ends takes the keys of its members with it, and a new epoch does not', () => {
  const [first] = signers();
  const forgotten: number[] = [];
  const signing = { ...first!, forget: (reference: number) => forgotten.push(reference) };
  const a = memberOf(provider, 1, { signed: true }, signing as ContentSigning);
  a.advance(2);
  assert.equal(forgotten, []);
  a.group.destroy();
  assert.equal(forgotten, [REFERENCE]);
});

test('a member that knows the key but no credential cannot say anything where contents are signed', () => {
  const [first] = signers();
  const b = memberOf(provider, 2, { signed: true }, first);
  const forger = memberOf(provider, 1);
  assert.not.equal(
    outcome(() => b.open(forger.seal(PAYLOAD))),
    'accepted',
  );
  const unable = memberOf(provider, 3, { signed: true });
  assert.is(
    outcome(() => unable.seal(PAYLOAD)),
    'mechanismNotSupported',
  );
});

test.run();
