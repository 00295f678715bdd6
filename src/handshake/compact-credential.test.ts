// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createFill } from '../bytes/random.testing.ts';
import { Curve } from '../crypto/curves.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import { compactCredential, ownCredential, wholeCredential } from './compact-credential.ts';
import { ccsCredential, encodeCcs } from './credential.ts';
import { outcome } from './test-fixture.ts';

const test = suite('compact credential');

const provider = createNobleProvider(createFill(1));

function credentialOf(kid: Uint8Array, subject: string | undefined, curve: number = Curve.P256) {
  const { publicKey } = provider.generateKey(curve);
  return ccsCredential(encodeCcs({ curve, publicKey, kid }, subject));
}

test('a credential is the same after it was compact, byte for byte', () => {
  for (const kid of [Uint8Array.of(0), Uint8Array.of(1, 2), Uint8Array.of(0x40, 2, 3)]) {
    for (const subject of ['gateway', 'server', 'x', 'grün', undefined]) {
      const credential = credentialOf(kid, subject);
      const compact = compactCredential(credential)!;
      assert.ok(compact.length <= 46);
      assert.equal(wholeCredential(provider, compact), credential);
    }
  }
});

test('one of another curve, with a longer kid or subject, or with more in it is none', () => {
  const { curve, publicKey } = provider.generateKey(Curve.P256);
  const kid = Uint8Array.of(1, 2, 3);
  const others = [
    credentialOf(Uint8Array.of(1), 'gateway', Curve.X25519),
    credentialOf(Uint8Array.of(1, 2, 3, 4), 'gateway'),
    credentialOf(kid, 'a gateway of some length'),
    ccsCredential(encodeCcs({ curve, publicKey, kid, algorithm: -7 }, 'gateway')),
  ];
  for (const credential of others) assert.is(compactCredential(credential), undefined);
  assert.is(compactCredential(credentialOf(kid, '0123456789'))!.length, 46);
  assert.is(compactCredential(credentialOf(kid, '01234567890')), undefined);
});

test('what is no compact credential is refused', () => {
  const compact = compactCredential(credentialOf(Uint8Array.of(1), 'gateway'))!;
  const wrong = [
    new Uint8Array(0),
    compact.subarray(0, 33),
    Uint8Array.of(0, ...compact.subarray(1)),
    Uint8Array.of(8, ...compact.subarray(1)),
    Uint8Array.of(255, ...compact.subarray(1)),
    new Uint8Array(47).fill(2),
  ];
  for (const bytes of wrong)
    assert.is(
      outcome(() => wholeCredential(provider, bytes)),
      'credentialInvalid',
    );
  const astray = compact.slice().fill(0xff, 2, 34);
  assert.is(
    outcome(() => wholeCredential(provider, astray)),
    'publicKeyInvalid',
  );
  const misread = Uint8Array.of(...compact.subarray(0, 34), 0xff);
  assert.is(
    outcome(() => wholeCredential(provider, misread)),
    'invalidUtf8',
  );
});

test('a device that made its key has the beginning of x for its reference', () => {
  const { publicKey } = provider.generateKey(Curve.P256);
  const credential = ownCredential(publicKey, 'pne-1');
  assert.equal(credential.idCred.subarray(3), publicKey.subarray(0, 3));
  assert.is(credential.subject, 'pne-1');
});

test.run();
