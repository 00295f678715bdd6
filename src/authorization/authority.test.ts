// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../crypto/curves.ts';
import { createCredentialStore } from '../handshake/credential.ts';
import { credentialFor, outcome } from '../handshake/test-fixture.ts';
import { audienceKey } from './audience-key.ts';
import { Authority, type Shown } from './authority.ts';
import { ConfirmationMethod, thumbprint } from './confirmation.ts';
import {
  claimsWith,
  GATEWAY,
  GATEWAY_KEY,
  ISSUER_KEY,
  KNOWN,
  NOW,
  namesakeOf,
  OTHER_GATEWAY,
  OTHER_PNE,
  PN,
  PNE,
  PROVIDER,
  SERVER,
} from './fixture.testing.ts';
import { macGrant, signGrant } from './grant.ts';
import { rowFor } from './operations.ts';

const test = suite('authorization/authority');
const ROWS = claimsWith().scope;

/** The gateway's: audience 7. Its clock stands where the test puts it. */
function authorityWith(changes: Partial<Shown> = {}) {
  const clock = { now: NOW };
  const shown = { provider: PROVIDER, audience: 7, verification: { macKey: GATEWAY_KEY }, known: KNOWN };
  return { clock, authority: new Authority({ now: () => clock.now, shown: { ...shown, ...changes } }) };
}

test('whoever shows no grant has none', () => {
  const { authority } = authorityWith();
  assert.equal(authority.scopeOf('pne-1'), []);
  assert.equal(authority.scopeOf(undefined), []);
});

test('a grant that its subject shows holds for it, and for nobody else', () => {
  const { authority } = authorityWith();
  authority.take(PNE.credential, macGrant(claimsWith(), ISSUER_KEY));
  assert.equal(authority.scopeOf('pne-1'), ROWS);
  assert.equal(authority.scopeOf('pne-2'), []);
});

test('a stolen grant is refused', () => {
  const { authority } = authorityWith();
  const grant = macGrant(claimsWith(), ISSUER_KEY);
  assert.is(
    outcome(() => authority.take(OTHER_PNE.credential, grant)),
    'subjectMismatch',
  );
  assert.equal(authority.scopeOf('pne-2'), []);
});

test('so is one that is stolen by somebody with the same kid, and by somebody without a name', () => {
  const namesake = namesakeOf(PNE.credential, 'namesake').credential;
  const known = createCredentialStore([PNE.credential, namesake]);
  const { authority } = authorityWith({ known });
  const grant = macGrant(claimsWith(), ISSUER_KEY);
  assert.is(
    outcome(() => authority.take(namesake, grant)),
    'subjectMismatch',
  );
  const { subject: _, ...nameless } = credentialFor(
    PNE.credential.publicKey,
    Curve.P256,
    'x',
    Uint8Array.of(4),
  );
  const alone = authorityWith({ known: createCredentialStore([nameless]) }).authority;
  assert.is(
    outcome(() => alone.take(nameless, grant)),
    'subjectMismatch',
  );
});

test('a grant that names nobody is none to show', () => {
  const { confirmation: _, ...claims } = claimsWith();
  const { authority } = authorityWith();
  assert.is(
    outcome(() => authority.take(PNE.credential, macGrant(claims, ISSUER_KEY))),
    'subjectMismatch',
  );
});

test('an expired grant is refused, and one that expires holds no more', () => {
  const { authority, clock } = authorityWith();
  const grant = macGrant(claimsWith({ expiry: { exp: NOW + 10 } }), ISSUER_KEY);
  authority.take(PNE.credential, grant);
  clock.now = NOW + 9;
  assert.equal(authority.scopeOf('pne-1'), ROWS);
  clock.now = NOW + 10;
  assert.equal(authority.scopeOf('pne-1'), []);
  assert.is(
    outcome(() => authority.take(PNE.credential, grant)),
    'grantExpired',
  );
});

test('a grant that is counted from its receipt cannot be shown: it would never end', () => {
  const { authority } = authorityWith();
  const grant = macGrant(claimsWith({ expiry: { exi: 60 } }), ISSUER_KEY);
  assert.is(
    outcome(() => authority.take(PNE.credential, grant)),
    'grantInvalid',
  );
});

test('from the issuer itself it is taken, and ends', () => {
  const { authority, clock } = authorityWith();
  authority.hold('pne-1', claimsWith({ expiry: { exi: 60 } }));
  clock.now = NOW + 59;
  assert.equal(authority.scopeOf('pne-1'), ROWS);
  clock.now = NOW + 60;
  assert.equal(authority.scopeOf('pne-1'), []);
});

test('a grant for another audience is refused, by its number and by its key', () => {
  const { authority } = authorityWith();
  const numbered = macGrant(claimsWith({ audience: 8 }), ISSUER_KEY);
  assert.is(
    outcome(() => authority.take(PNE.credential, numbered)),
    'audienceMismatch',
  );
  const otherKey = audienceKey(PROVIDER, SERVER.privateKey, OTHER_GATEWAY.credential);
  const keyed = macGrant(claimsWith(), otherKey);
  assert.is(
    outcome(() => authority.take(PNE.credential, keyed)),
    'integrityFailure',
  );
});

test('a signed grant holds at an audience that knows the signer', () => {
  const signer = { provider: PROVIDER, algorithm: -7, publicKey: SERVER.credential.publicKey };
  const { authority } = authorityWith({ verification: { signer } });
  const signing = { provider: PROVIDER, algorithm: -7, privateKey: SERVER.privateKey };
  authority.take(PNE.credential, signGrant(claimsWith(), signing));
  assert.equal(authority.scopeOf('pne-1'), ROWS);
});

test('whoever has no key to verify by takes no grant that is shown', () => {
  const authority = new Authority({ now: () => NOW });
  assert.is(
    outcome(() => authority.take(PNE.credential, macGrant(claimsWith(), ISSUER_KEY))),
    'grantInvalid',
  );
});

test('what is revoked holds no more at once, and is not taken again', () => {
  const { authority } = authorityWith();
  const grant = macGrant(claimsWith(), ISSUER_KEY);
  authority.take(PNE.credential, grant);
  authority.revoke('pne-1', 501);
  assert.equal(authority.scopeOf('pne-1'), []);
  assert.is(
    outcome(() => authority.take(PNE.credential, grant)),
    'grantRevoked',
  );
  authority.take(PNE.credential, macGrant(claimsWith({ sequence: 501 }), ISSUER_KEY));
  assert.equal(authority.scopeOf('pne-1'), ROWS);
});

test('a revocation reaches its subject alone, and a minimum never falls', () => {
  const { authority } = authorityWith();
  authority.revoke('pne-2', 501);
  authority.revoke('pne-1', 501);
  authority.revoke('pne-1', 0);
  assert.is(
    outcome(() => authority.hold('pne-1', claimsWith())),
    'grantRevoked',
  );
  authority.revoke('pne-2', 501);
  const other = { method: ConfirmationMethod.ckt, value: thumbprint(PROVIDER, OTHER_PNE.credential) };
  authority.take(
    OTHER_PNE.credential,
    macGrant(claimsWith({ sequence: 501, confirmation: other }), ISSUER_KEY),
  );
  assert.equal(authority.scopeOf('pne-2'), ROWS);
});

test('a newer grant takes the place of an older one, which does not come back', () => {
  const { authority } = authorityWith();
  const wide = macGrant(claimsWith(), ISSUER_KEY);
  authority.take(PNE.credential, wide);
  const scope = [rowFor(PN, 'pn-join')];
  authority.take(PNE.credential, macGrant(claimsWith({ sequence: 501, scope }), ISSUER_KEY));
  assert.equal(authority.scopeOf('pne-1'), scope);
  assert.is(
    outcome(() => authority.take(PNE.credential, wide)),
    'grantRevoked',
  );
  assert.equal(authority.scopeOf('pne-1'), scope);
});

test('a grant that is refused changes nothing of what is held', () => {
  const { authority } = authorityWith();
  authority.take(PNE.credential, macGrant(claimsWith(), ISSUER_KEY));
  const poor = macGrant(claimsWith({ sequence: 600, audience: 9 }), ISSUER_KEY);
  assert.is(
    outcome(() => authority.take(PNE.credential, poor)),
    'audienceMismatch',
  );
  assert.equal(authority.scopeOf('pne-1'), ROWS);
});

test('the key of issuer and audience is that of no other pair', () => {
  const pairs = [
    audienceKey(PROVIDER, SERVER.privateKey, GATEWAY.credential),
    audienceKey(PROVIDER, SERVER.privateKey, OTHER_GATEWAY.credential),
    audienceKey(PROVIDER, PNE.privateKey, GATEWAY.credential),
  ];
  const tags = pairs.map((key) => key.compute(Uint8Array.of(1)).join());
  assert.is(new Set(tags).size, 3);
  const other = audienceKey(PROVIDER, GATEWAY.privateKey, SERVER.credential);
  assert.is(other.compute(Uint8Array.of(1)).join(), tags[0]);
});

test.run();
