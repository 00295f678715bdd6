// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needsAuthenticatedLink } from './link-demand.ts';
import { Authentication, Confidentiality, Integrity } from './mechanisms.ts';
import { POLICIES } from './policies.ts';
import type { Policy } from './policy.ts';

const test = suite('negotiation/link-demand');
const CPNS_1 = POLICIES.pne['CPNS-1']!;

function change(axis: 'integrity' | 'confidentiality', accepted: number[], floor: number): Policy {
  return { ...CPNS_1, toResponder: { ...CPNS_1.toResponder, [axis]: { accepted, floor } } };
}

test('CPNS-1 reaches its floor by itself', () => {
  assert.not.ok(needsAuthenticatedLink(CPNS_1));
});

for (const [name, policy] of [
  ['authentication', { ...CPNS_1, authentication: { accepted: [Authentication.delegated], floor: 0 } }],
  ['integrity', change('integrity', [Integrity.delegated], 32)],
  ['confidentiality', change('confidentiality', [Confidentiality.delegated], 128)],
  ['integrity that is too weak elsewhere', change('integrity', [Integrity.delegated, Integrity.hmac64], 128)],
  ['a mechanism that nobody knows', change('integrity', [14], 0)],
] as const) {
  test(`${name} left to the link alone needs an authenticated one`, () => {
    assert.ok(needsAuthenticatedLink(policy));
  });
}

test.run();
