// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from '../bytes/hex.ts';
import {
  ControlKind,
  decodeControl,
  encodeConfirmation,
  encodeStatement,
  topicOf,
} from './gateway-control.ts';

import { PROVIDER } from './identities.testing.ts';

const test = suite('gateway control');
const WITHDRAWN = Object.freeze({ kind: ControlKind.withdrawn, pneId: 'pne-1' });

test('what is encoded decodes to the same', () => {
  assert.is(toHex(encodeStatement(7, WITHDRAWN)), '83010765706e652d31');
  assert.equal(decodeControl(encodeStatement(7, WITHDRAWN)), {
    kind: ControlKind.withdrawn,
    number: 7,
    statement: WITHDRAWN,
  });
  for (const seats of [
    [],
    [{ reference: 2, sender: 0 }],
    [
      { reference: 1, sender: 1023 },
      { reference: 4, sender: 7 },
    ],
  ]) {
    const statement = { kind: ControlKind.seats, pneId: 'pne-1', seats };
    assert.equal(decodeControl(encodeStatement(8, statement)), { kind: 2, number: 8, statement });
  }
  const admitted = { kind: ControlKind.admitted, pneId: 'pne-1', credential: Uint8Array.of(1, 2) };
  assert.equal(decodeControl(encodeStatement(9, admitted)), { kind: 3, number: 9, statement: admitted });
  const wrapped = new Uint8Array(24).fill(3);
  const above = PROVIDER.secret(new Uint8Array(16));
  const key = { kind: ControlKind.pnKey, reference: 1, epoch: 5, wrap: () => wrapped };
  assert.equal(decodeControl(encodeStatement(9, key, above)), {
    kind: 4,
    number: 9,
    statement: { reference: 1, epoch: 5, wrapped },
  });
  assert.throws(() => encodeStatement(9, key), /keyWiped/);
  assert.throws(() => decodeControl(encodeStatement(9, { ...key, reference: 2 }, above)), /messageInvalid/);
  assert.equal(decodeControl(encodeConfirmation(7)), { kind: ControlKind.confirmation, number: 7 });
});

test('a revocation has 6 bytes, and one topic a kid', () => {
  const statement = { kind: ControlKind.revoked, kid: Uint8Array.of(4), minimum: 23 } as const;
  const encoded = encodeStatement(7, statement);
  assert.is(toHex(encoded), '840507410417');
  assert.equal(decodeControl(encoded), { kind: ControlKind.revoked, number: 7, statement });
  assert.is(topicOf(statement), topicOf({ ...statement, minimum: 24 }));
  assert.not.equal(topicOf(statement), topicOf({ ...statement, kid: Uint8Array.of(5) }));
});

test('a place names gateways, or none', () => {
  for (const gateways of [[], ['gateway-1']]) {
    const statement = { kind: ControlKind.placed, pneId: 'pne-1', gateways } as const;
    assert.equal(decodeControl(encodeStatement(7, statement)), { kind: 6, number: 7, statement });
  }
});

test('whatever is not exactly one control message is refused', () => {
  const wrong = {
    nothing: '',
    'an unknown kind': '8218ff07',
    'no number': '8100',
    'a confirmation of more': '83000701',
    'a statement without a name': '820107',
    'an empty name': '83010760',
    'a name of bytes': '83010741aa',
    'one item more': '840107616100',
    'half a seat': '840207616102',
    'a seat of a name': '8502076161026161',
    'a seat that no group has': '850207616102190400',
    'seats of no name': '85020702020202',
    'an admission without a credential': '8303076161',
    'an admission with more': '850307616141aa00',
    'a credential that is a number': '840307616107',
    'a revocation of a name': '840507613105',
    'a revocation without a minimum': '8305074104',
    'a revocation of more': '85050741040505',
    'a kid longer than any': `84050751${'00'.repeat(17)}05`,
    'a place of no name': '840607616160',
    'a place of bytes': '840607616141aa',
    'more places than a PNE has PNs': '850607616161626163',
    'a byte more': '82000700',
    'another encoding of the number': '82001807',
  };
  for (const [name, hex] of Object.entries(wrong))
    assert.throws(() => decodeControl(fromHex(hex)), undefined, name);
});

test('statements of one PNE have one topic, those of two have two', () => {
  assert.is(topicOf({ ...WITHDRAWN }), topicOf(WITHDRAWN));
  assert.is.not(topicOf({ ...WITHDRAWN, pneId: 'pne-2' }), topicOf(WITHDRAWN));
});

test.run();
