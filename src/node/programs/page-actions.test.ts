// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askOwner } from '../consent-changes.ts';
import { readConsents } from '../consents.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { enrol, readAll } from '../devices.ts';
import { isGranted } from '../grants.ts';
import { newIdentity } from '../identity.ts';
import { createMemoryStore } from '../store/memory.ts';
import { grantJoined } from './admin-grants.ts';
import { administerGroups } from './admin-groups.ts';
import { consentActions, deviceActions, groupActions } from './page-actions.ts';

const test = suite('programs/page-actions');

async function open() {
  const provider = createNodeProvider();
  const store = createMemoryStore();
  await grantJoined(store, 'pne-1');
  await enrol(store, newIdentity(provider, 'pne-1').credential);
  return { store, provider, ...deviceActions({ store, provider }), ...groupActions({ store, provider }) };
}

async function refusal(work: unknown): Promise<string> {
  return Promise.resolve(work).then(
    () => 'nothing',
    ({ message }: Error) => message,
  );
}

test('a device is revoked, granted again and removed, as admin does it', async () => {
  const { store, revoke, grant, remove } = await open();
  assert.is(await revoke({ name: 'pne-1' }), 'pne-1 revoked');
  assert.not.ok(await isGranted(store, 'pne-1'));
  assert.is(await grant({ name: 'pne-1' }), 'pne-1 granted');
  assert.ok(await isGranted(store, 'pne-1'));
  assert.is(await remove({ name: 'pne-1' }), 'pne-1 removed');
  assert.equal(await readAll(store), []);
});

test('what is not there is told of in a line', async () => {
  const { revoke, remove, rekey } = await open();
  assert.is(await refusal(revoke({ name: 'pne-2' })), 'no device is called pne-2');
  assert.is(await refusal(remove({})), 'none is called ');
  assert.is(await refusal(rekey({ group: '9' })), 'there is no group 9: list shows them');
});

test('a group has a new key', async () => {
  const { store, provider, rekey } = await open();
  let id = '';
  await administerGroups({
    store,
    provider,
    names: ['create', 'all', 'pne-1'],
    say: (line) => {
      [id] = line.split(' ') as [string];
    },
  });
  assert.is(await rekey({ group: id }), `${id} has a new key`);
  const lines: string[] = [];
  await administerGroups({ store, provider, names: ['list'], say: (line) => void lines.push(line) });
  assert.match(lines[0]!, /epoch 2/);
});

test('a question is answered in the place of its owner, and an answer taken back', async () => {
  const { store, provider } = await open();
  const { consent, refuse } = consentActions({ store, provider });
  const now = Math.floor(Date.now() / 1000);
  await askOwner(store, { operation: 'content-access', subject: 'bridge', target: 'pne-1' }, now);
  assert.match(await refusal(consent({ number: '2' })), /nothing was asked by number 2/);
  assert.is(await consent({ number: '1' }), '1 consented');
  const rowOf = async () => [...(await readConsents(store)).rows.values()][0]!;
  const { state, until } = await rowOf();
  assert.is(state, 'consented');
  assert.ok(until - now >= 30 * 86_400 && until - now < 31 * 86_400);
  assert.is(await refuse({ number: '1' }), '1 refused');
  assert.is((await rowOf()).state, 'refused');
});

test('a name of a group that is empty or too long is refused with the limit', async () => {
  const { store, provider } = await open();
  const create = (name: string) =>
    administerGroups({ store, provider, names: ['create', name, 'pne-1'], say: () => undefined });
  assert.is(await refusal(create('')), 'the name of a group has 1 to 128 bytes, and this one is empty');
  assert.match(
    await refusal(create('\u00fc'.repeat(65))),
    /1 to 128 bytes, and this one has 130: give it a shorter one/,
  );
  assert.is(await refusal(create('\u00fc'.repeat(64))), 'nothing');
});

test.run();
