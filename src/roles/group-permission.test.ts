// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { THIS_END } from '../authorization/cti.ts';
import { ObjectKind, objectOf, rowFor } from '../authorization/operations.ts';
import { referenceOf } from '../keys/reference.ts';
import { groupPermission } from './group-permission.ts';
import type { GroupRecord } from './group-record.ts';

const test = suite('group permission');

const SERVICE = referenceOf('service', 3);
const PN = referenceOf('pn', 3);

/** Whether a PNE with grants for group 3 and PN 4 may do that. */
function permits(request: 'join' | 'leave', reference: number, members: readonly string[]): boolean {
  const authority = new Authority({ now: () => 0 });
  const scope = [
    rowFor(objectOf(ObjectKind.serviceGroup, 3), 'group-join'),
    rowFor(objectOf(ObjectKind.personalNetwork, 4), 'pn-join'),
  ];
  authority.hold('a', { audience: THIS_END, sequence: 0, scope, expiry: { exp: 10 } });
  const group = {
    reference,
    members: members.map((pneId) => ({ pneId })),
    owner: 'b',
  } as unknown as GroupRecord;
  return groupPermission(authority)('a', request, group);
}

test('a PNE joins the group that it has a grant for, and no other of its number', () => {
  assert.ok(permits('join', SERVICE, []));
  assert.not.ok(permits('join', referenceOf('service', 4), []));
  assert.not.ok(permits('join', PN, []));
  assert.ok(permits('join', referenceOf('pn', 4), []));
});

test('a member leaves without a grant; who is none does not', () => {
  for (const reference of [SERVICE, PN, referenceOf('service', 9)]) {
    assert.ok(permits('leave', reference, ['b', 'a']));
    assert.not.ok(permits('leave', reference, ['b']));
  }
});

test.run();
