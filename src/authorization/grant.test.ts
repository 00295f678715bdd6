// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import { CborWriter } from '../cbor/writer.ts';
import { createHeaders } from '../cose/headers.ts';
import { createMac0, encodeMac0 } from '../cose/mac0.ts';
import { createSign1, encodeSign1 } from '../cose/sign1.ts';
import { outcome } from '../handshake/test-fixture.ts';
import { ContentDelivery, encodeBareGrant } from './bare.ts';
import { encodeClaims } from './claims.ts';
import { ConfirmationMethod, thumbprint } from './confirmation.ts';
import { encodeGrantId } from './cti.ts';
import { claimsWith, GATEWAY_KEY, ISSUER_KEY, NOW, PN, PNE, PROVIDER, SERVER } from './fixture.testing.ts';
import { macGrant, openGrant, signGrant } from './grant.ts';
import { ObjectKind, objectOf, rowFor } from './operations.ts';

const test = suite('authorization/grant');
const ES256 = -7;
const SIGNER = { provider: PROVIDER, algorithm: ES256, publicKey: SERVER.credential.publicKey };
const SIGNING = { provider: PROVIDER, algorithm: ES256, privateKey: SERVER.privateKey };
const NONE = new Uint8Array(0);

/** A Mac0 of the issuer over whatever claims, under whatever headers. */
function maced(claims: Uint8Array, protectedHeader = {}, unprotectedHeader = {}): Uint8Array {
  const headers = createHeaders(protectedHeader, unprotectedHeader);
  return encodeMac0(createMac0(headers, claims, { algorithm: 4, key: ISSUER_KEY, externalAad: NONE }));
}

test('a grant of one row has at most 40 bytes under a MAC, and these', () => {
  const grant = macGrant(claimsWith(), ISSUER_KEY);
  assert.is(grant.length, 40);
  assert.is(
    toHex(grant.subarray(0, -8)),
    'd18443a10104a057a4041a6b097bb0074307' + '01f408a103410409448182080748',
  );
});

test('it stays so for each audience below 64, each sequence of two bytes, and each operation of a PNE in its PN', () => {
  const largest = claimsWith({ audience: 63, sequence: 0xffff });
  assert.is(macGrant(largest, ISSUER_KEY).length, 40);
  assert.is(macGrant({ ...largest, audience: 64 }, ISSUER_KEY).length, 42);
  assert.is(macGrant({ ...largest, sequence: 0x10000 }, ISSUER_KEY).length, 42);
});

test('a grant of one row that is bare in a record has at most 20 bytes', () => {
  const scope = [rowFor(objectOf(ObjectKind.content, 0), 'content-deliver')];
  const { object, bit } = ContentDelivery;
  assert.equal(scope, [{ object, permissions: 1 << bit }]);
  assert.is(encodeBareGrant(5, { scope, exi: 86_400 }).length, 18);
  assert.is(encodeBareGrant(0xffffff, { scope, exi: 86_400 }).length, 20);
});

test('what the issuer grants the audience reads, under a key that both have made', () => {
  const claims = claimsWith();
  assert.equal(openGrant(macGrant(claims, ISSUER_KEY), { macKey: GATEWAY_KEY }), claims);
  assert.equal(openGrant(signGrant(claims, SIGNING), { signer: SIGNER }), claims);
});

test('a thumbprint takes the place of a kid', () => {
  const confirmation = { method: ConfirmationMethod.ckt, value: thumbprint(PROVIDER, PNE.credential) };
  const grant = macGrant(claimsWith({ confirmation }), ISSUER_KEY);
  assert.is(grant.length, 73);
  assert.equal(openGrant(grant, { macKey: GATEWAY_KEY }).confirmation, confirmation);
});

test('each flipped bit of a grant is refused', () => {
  for (const [grant, verification] of [
    [macGrant(claimsWith(), ISSUER_KEY), { macKey: GATEWAY_KEY }],
    [signGrant(claimsWith(), SIGNING), { signer: SIGNER }],
  ] as const) {
    // Of the signature one bit in eight: a verification takes long.
    for (let bit = 0; bit < grant.length * 8; bit += bit < 300 ? 1 : 8) {
      const flipped = grant.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.not.equal(
        outcome(() => openGrant(flipped, verification)),
        'accepted',
        `bit ${bit}`,
      );
    }
  }
});

test('a grant under another key is refused', () => {
  const other = claimsWith();
  assert.is(
    outcome(() =>
      openGrant(macGrant(other, PROVIDER.macKey(4, PROVIDER.secret(new Uint8Array(32)))), {
        macKey: GATEWAY_KEY,
      }),
    ),
    'integrityFailure',
  );
  assert.is(
    outcome(() =>
      openGrant(signGrant(other, { ...SIGNING, privateKey: PNE.privateKey }), { signer: SIGNER }),
    ),
    'signatureInvalid',
  );
});

test('whoever expects a MAC takes no signature, nor the other way round', () => {
  assert.is(
    outcome(() => openGrant(signGrant(claimsWith(), SIGNING), { macKey: GATEWAY_KEY })),
    'grantInvalid',
  );
  assert.is(
    outcome(() => openGrant(macGrant(claimsWith(), ISSUER_KEY), { signer: SIGNER })),
    'grantInvalid',
  );
  assert.is(
    outcome(() => openGrant(macGrant(claimsWith(), ISSUER_KEY), {})),
    'grantInvalid',
  );
});

test('headers other than the algorithm are refused, though the tag verifies', () => {
  const claims = encodeClaims(claimsWith());
  const open = (grant: Uint8Array) => outcome(() => openGrant(grant, { macKey: GATEWAY_KEY }));
  assert.is(open(maced(claims, { algorithm: 4 })), 'accepted');
  assert.is(open(maced(claims, { algorithm: 4 }, { kid: Uint8Array.of(1) })), 'grantInvalid');
  assert.is(open(maced(claims, { algorithm: 4, kid: Uint8Array.of(1) })), 'grantInvalid');
  assert.is(open(maced(claims, {}, { algorithm: 4 })), 'grantInvalid');
  assert.is(open(maced(claims)), 'grantInvalid');
});

test('a signature under another algorithm than the issuer is known by is refused', () => {
  const headers = createHeaders({ algorithm: ES256 }, { kid: Uint8Array.of(1) });
  const signed = createSign1(headers, encodeClaims(claimsWith()), { ...SIGNING, externalAad: NONE });
  assert.is(
    outcome(() => openGrant(encodeSign1(signed), { signer: SIGNER })),
    'grantInvalid',
  );
});

test('without its tag, or under another, it is no grant', () => {
  const grant = macGrant(claimsWith(), ISSUER_KEY);
  for (const hex of [toHex(grant.subarray(1)), `d2${toHex(grant.subarray(1))}`, `d83d${toHex(grant)}`])
    assert.not.equal(
      outcome(() => openGrant(fromHex(hex), { macKey: GATEWAY_KEY, signer: SIGNER })),
      'accepted',
    );
});

const EXP = new CborWriter().integer(4).integer(NOW).finish();
const CTI = new CborWriter()
  .integer(7)
  .byteString(encodeGrantId({ audience: 7, sequence: 1 }))
  .finish();
const SCOPE = fromHex(`0944818208${'07'}`);
const EXI = new CborWriter().integer(40).integer(60).finish();

function map(...pairs: Uint8Array[]): Uint8Array {
  const writer = new CborWriter().map(pairs.length);
  for (const pair of pairs) writer.encoded(pair);
  return writer.finish();
}

for (const [name, claims, reason] of [
  ['exp, cti and scope', map(EXP, CTI, SCOPE), 'accepted'],
  ['exi in place of exp', map(CTI, SCOPE, EXI), 'accepted'],
  ['no expiry', map(CTI, SCOPE), 'grantInvalid'],
  ['both kinds of expiry', map(EXP, CTI, SCOPE, EXI), 'grantInvalid'],
  ['no cti', map(EXP, SCOPE), 'grantInvalid'],
  ['no scope', map(EXP, CTI), 'grantInvalid'],
  [
    'a claim of RFC 8392 that is none of ours',
    map(fromHex('0161'.concat('61')), EXP, CTI, SCOPE),
    'grantInvalid',
  ],
  ['a claim with a name', map(EXP, CTI, SCOPE, fromHex('616100')), 'wrongType'],
  ['claims in another order', map(CTI, EXP, SCOPE), 'notDeterministic'],
  ['a claim twice', map(EXP, CTI, SCOPE, SCOPE), 'duplicateKey'],
  ['a time with fractions', map(fromHex('04fb41d5612aeb080000'), CTI, SCOPE), 'wrongType'],
  ['an exi past what a timer waits for', map(CTI, SCOPE, fromHex('18281a0020c49c')), 'grantInvalid'],
  ['something after it', fromHex(`${toHex(map(EXP, CTI, SCOPE))}00`), 'trailingBytes'],
  ['no rows', map(EXP, CTI, fromHex('094180')), 'grantInvalid'],
  ['a row without permissions', map(EXP, CTI, fromHex('094481820800')), 'grantInvalid'],
  ['a row of three', map(EXP, CTI, fromHex('09458183080701')), 'grantInvalid'],
  ['an object twice', map(EXP, CTI, fromHex('094782820807820801')), 'grantInvalid'],
  ['objects that fall', map(EXP, CTI, fromHex('094782820907820801')), 'grantInvalid'],
  [
    'permissions that are no integer of ours',
    map(EXP, CTI, fromHex('0948818208'.concat('1a80000000'))),
    'grantInvalid',
  ],
  ['a scope that is text', map(EXP, CTI, fromHex('096161')), 'wrongType'],
  ['a whole key in its cnf', map(EXP, CTI, fromHex('08a101a0'), SCOPE), 'wrongType'],
  ['two methods in its cnf', map(EXP, CTI, fromHex('08a20341040341'.concat('05')), SCOPE), 'grantInvalid'],
  ['a short thumbprint', map(EXP, CTI, fromHex('08a105420102'), SCOPE), 'grantInvalid'],
  ['a sequence that has a zero in front', map(EXP, fromHex('0743070001'), SCOPE), 'grantInvalid'],
  ['an audience in more bytes than it takes', map(EXP, fromHex('0743400701'), SCOPE), 'grantInvalid'],
  ['an audience of eight bytes', map(EXP, fromHex('0749c00000000000000701'), SCOPE), 'grantInvalid'],
  ['no sequence', map(EXP, fromHex('074107'), SCOPE), 'grantInvalid'],
  ['nothing in its cti', map(EXP, fromHex('0740'), SCOPE), 'truncated'],
] as const) {
  test(`claims: ${name}: ${reason}`, () => {
    const grant = maced(claims, { algorithm: 4 });
    assert.is(
      outcome(() => openGrant(grant, { macKey: GATEWAY_KEY })),
      reason,
    );
  });
}

test('a grant longer than any is refused before it is read', () => {
  assert.is(
    outcome(() => openGrant(new Uint8Array(257), { macKey: GATEWAY_KEY })),
    'grantInvalid',
  );
});

test('a row of an object of another kind cannot be made', () => {
  assert.is(
    outcome(() => rowFor(PN, 'group-join')),
    'badArgument',
  );
  assert.is(
    outcome(() => rowFor(PN)),
    'badArgument',
  );
});

test.run();
