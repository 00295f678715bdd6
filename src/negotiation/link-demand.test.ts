// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needsAuthenticatedLink } from './link-demand.ts';
import { Authentication, Confidentiality, Integrity } from './mechanisms.ts';
import { POLICIES } from './policies.ts';

const test = suite('negotiation/link-demand');
const CPNS_1 = POLICIES.pne['CPNS-1']!;

test('CPNS-1 authenticates by itself', () => {
  assert.not.ok(needsAuthenticatedLink(CPNS_1));
});

test('integrity and confidentiality left to the link alone need no authenticated one', () => {
  const both = {
    integrity: { accepted: [Integrity.delegated], floor: 32 },
    confidentiality: { accepted: [Confidentiality.delegated], floor: 128 },
  };
  assert.not.ok(needsAuthenticatedLink({ ...CPNS_1, toResponder: both, toInitiator: both }));
});

for (const [name, accepted, floor] of [
  ['authentication left to the link alone', [Authentication.delegated], 0],
  ['authentication that is too weak elsewhere', [Authentication.delegated, Authentication.method3], 128],
  ['a mechanism that nobody knows', [6], 0],
] as const) {
  test(`${name} needs an authenticated link`, () => {
    assert.ok(needsAuthenticatedLink({ ...CPNS_1, authentication: { accepted, floor } }));
  });
}

test.run();
