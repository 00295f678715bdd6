// SPDX-License-Identifier: Apache-2.0

/** A service group from its first member to none: created, joined by grants, handed on, left, ended by revocation. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { THIS_END } from '../authorization/cti.ts';
import { ObjectKind, objectOf, rowFor } from '../authorization/operations.ts';
import { groupNumber } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { createMemoryMedium } from '../store/medium.testing.ts';
import { GroupNetwork } from './group-network.testing.ts';
import { groupPermission } from './group-permission.ts';
import { openStore } from './group-store.testing.ts';
import { create, epochs, GROUP, REFERENCE, readers } from './groups.testing.ts';
import { PROVIDER as provider } from './identities.testing.ts';
import { createPneKeys, type KeyHost } from './pne-keys.ts';

const test = suite('group life');

function joinable(...names: string[]) {
  const authority = new Authority({ now: () => 0 });
  const scope = [rowFor(objectOf(ObjectKind.serviceGroup, groupNumber(REFERENCE)), 'group-join')];
  for (const name of names)
    authority.hold(name, { audience: THIS_END, sequence: 1, scope, expiry: { exp: 9 } });
  const network = create(
    { permits: groupPermission(authority) },
    { ...GROUP, members: ['pne-1'], owner: 'pne-1' },
  );
  return { network, authority };
}

// The first test of a suite has less of XS's stack than those behind it.
test('before it is made a server has none', () => {
  assert.equal(new GroupNetwork({ devices: ['pne-1'] }).keys.groups, []);
});

test('its first member is its owner', () => {
  const { network } = joinable();
  assert.equal(epochs(network), [1, undefined, undefined]);
  assert.is(network.keys.groups[0]!.owner, 'pne-1');
});

test('who has a grant joins, who has none or whose was revoked does not', () => {
  const { network, authority } = joinable('pne-2', 'pne-3');
  authority.revoke('pne-3', 2);
  for (const id of ['pne-2', 'pne-3']) network.device(id).keys.join(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [2, 2, undefined]);
  assert.equal(network.device('pne-3').withheld, [REFERENCE]);
});

test('who has a grant and a revoked user key does not join either, and is told so', () => {
  const { network } = joinable('pne-2');
  network.keys.revoke('pne-2');
  network.settle();
  network.device('pne-2').keys.join(REFERENCE);
  network.settle();
  assert.equal(
    network.keys.groups[0]!.members.map(({ pneId }) => pneId),
    ['pne-1'],
  );
  assert.ok(network.device('pne-2').withheld.includes(REFERENCE));
});

test('it is handed on, left by who owned it, and goes on; who is revoked reads nothing more', () => {
  const { network } = joinable('pne-2', 'pne-3');
  for (const id of ['pne-2', 'pne-3']) network.device(id).keys.join(REFERENCE);
  network.settle();
  assert.equal(readers(network, 'pne-1', 'all'), ['pne-2', 'pne-3']);
  network.keys.transfer(REFERENCE, 'pne-2');
  network.device('pne-1').keys.leave(REFERENCE);
  network.settle();
  const [{ owner, members }] = network.keys.groups as [(typeof network.keys.groups)[number]];
  assert.equal([owner, members.map(({ pneId }) => pneId)], ['pne-2', ['pne-2', 'pne-3']]);
  assert.equal(readers(network, 'pne-2', 'two'), ['pne-3']);
  network.keys.revoke('pne-3');
  network.settle();
  assert.equal(readers(network, 'pne-2', 'alone'), []);
  assert.equal(epochs(network).slice(2), [undefined]);
  network.keys.end(REFERENCE);
  network.settle();
  assert.equal(epochs(network), [undefined, undefined, undefined]);
});

test('a server that says nothing of a wish to join is asked so often in a session, and then that is told', () => {
  const time = new VirtualTime();
  const sent: Uint8Array[] = [];
  let unanswered = 0;
  const ignore = () => undefined;
  const keys = createPneKeys({
    provider,
    store: openStore(provider, provider.secret(new Uint8Array(32)), createMemoryMedium()),
    ...{ onContent: ignore, onGroup: ignore, onWithheld: ignore },
    onUnanswered: () => {
      unanswered += 1;
    },
  });
  const pace = { after: time.after, random: () => 0, heard: 0 };
  const bound = keys.bind({ pace, send: (message: Uint8Array) => sent.push(message) } as unknown as KeyHost);
  keys.join(REFERENCE);
  for (const session of [1, 2]) {
    bound.start(session);
    time.pass(3_600_000);
    assert.equal([sent.splice(0).length, unanswered], [2 * ImplementationLimits.keyMaxRequests, session]);
  }
});

test.run();
