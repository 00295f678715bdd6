// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Curve } from '../crypto/curves.ts';
import { certificateCredential, createCredentialStore } from '../handshake/credential.ts';
import { credentialFor } from '../handshake/test-fixture.ts';
import { ConfirmationMethod, confirmationOf, confirms, thumbprint } from './confirmation.ts';
import { KNOWN, namesakeOf, OTHER_PNE, PNE, PROVIDER } from './fixture.testing.ts';

const test = suite('authorization/confirmation');

/** RFC 9679 section 6. */
const X = '65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d';
const Y = '1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c';
const THUMBPRINT = '496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec';

test('the thumbprint of RFC 9679', () => {
  const credential = credentialFor(fromHex(X + Y), Curve.P256, 'Meriadoc', Uint8Array.of(1));
  assert.is(toHex(thumbprint(PROVIDER, credential)), THUMBPRINT);
});

test('a credential is named by the kid that it has alone, and confirmed by it', () => {
  const confirmation = confirmationOf(PROVIDER, PNE.credential, KNOWN);
  assert.equal(confirmation, { method: ConfirmationMethod.kid, value: Uint8Array.of(4) });
  assert.ok(confirms(PROVIDER, confirmation, PNE.credential, KNOWN));
  assert.not.ok(confirms(PROVIDER, confirmation, OTHER_PNE.credential, KNOWN));
});

test('where two have one kid each is named by its thumbprint, and a kid names neither', () => {
  const namesake = namesakeOf(PNE.credential, 'namesake').credential;
  const known = createCredentialStore([PNE.credential, namesake]);
  const confirmation = confirmationOf(PROVIDER, PNE.credential, known);
  assert.is(confirmation.method, ConfirmationMethod.ckt);
  assert.ok(confirms(PROVIDER, confirmation, PNE.credential, known));
  assert.not.ok(confirms(PROVIDER, confirmation, namesake, known));
  const byKid = { method: ConfirmationMethod.kid, value: Uint8Array.of(4) };
  for (const each of [PNE.credential, namesake]) assert.not.ok(confirms(PROVIDER, byKid, each, known));
});

test('a credential without a kid, or with one that is too long, is named by its thumbprint', () => {
  const certificate = certificateCredential(PROVIDER, Uint8Array.of(1), PNE.credential);
  const long = credentialFor(PNE.credential.publicKey, Curve.P256, 'long', new Uint8Array(17));
  for (const each of [certificate, long]) {
    const known = createCredentialStore([each]);
    const confirmation = confirmationOf(PROVIDER, each, known);
    assert.is(confirmation.method, ConfirmationMethod.ckt);
    assert.ok(confirms(PROVIDER, confirmation, each, known));
  }
});

test.run();
