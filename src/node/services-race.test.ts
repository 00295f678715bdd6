// SPDX-License-Identifier: Apache-2.0

/** Wishes of PNEs at two servers on one store, at the same time: each is decided by what the other has stored. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { NodeLimits } from '../node-limits.ts';
import type { ReasonName } from '../refusal.ts';
import { administratorsOf } from '../roles/administrators.ts';
import { GroupChanges } from '../roles/group-changes.ts';
import { isMember } from '../roles/group-record.ts';
import { KeyLedger } from '../roles/key-ledger.ts';
import * as administration from '../roles/service-administration.ts';
import * as groups from '../roles/service-groups.ts';
import type { ServiceResult, Wish } from '../roles/service-message.ts';
import * as networks from '../roles/service-networks.ts';
import type { ServiceHandler } from '../roles/service-operation.ts';
import {
  addAdminee,
  assignAdmin,
  chooseNetwork,
  createGroup,
  setUpNetwork,
  transferGroup,
} from '../roles/service-wishes.ts';
import { GROUP_RIGHTS, grantTo, PNES } from '../roles/services.testing.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { openKeyStore } from './key-store.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';
import { after } from './timer.ts';

const test = suite('services of two servers');
const { fillRandom } = createNodeProvider();
const rekeying = { fillRandom, bootOf: () => undefined };
const grants = new Authority({ now: () => 0 });
const gatewayGrants = new Authority({ now: () => 0 });
const RIGHTS = [...GROUP_RIGHTS, 'pn-setup', 'pn-choose', 'pn-join', 'admin-add', 'admin-assign'] as const;
grantTo(grants, 1, Object.fromEntries(PNES.map((id) => [id, RIGHTS])));

type Outcome = ReasonName | readonly ServiceResult[];

interface Server {
  readonly ledger: KeyLedger;
  readonly changes: GroupChanges;
  /** What becomes of a wish. */
  ask(pneId: string, handle: ServiceHandler, wish: Wish): Promise<Outcome>;
}

async function open(store: KeyValueStore): Promise<Server> {
  const ledger = new KeyLedger({
    store: openKeyStore({ store, onFailed: (error) => assert.unreachable(error.message) }),
    after,
    onGroups(): void {},
    onUser(): void {},
    onFailed(): void {},
  });
  const changes = new GroupChanges(ledger, rekeying);
  ledger.start();
  await new Promise<void>((resolve) => ledger.whenLoaded(resolve));
  return {
    ...{ ledger, changes },
    ask: (pneId, handle, wish) =>
      new Promise((resolve) => {
        let results: readonly ServiceResult[] = [];
        const around = { isKnown: () => true, neighbours: () => [], isHere: () => true, fieldsOf: () => [] };
        const asker = { role: 'pne', name: pneId } as const;
        changes.changeFor(
          asker,
          (view) => {
            const each = { pne: grants, gateway: gatewayGrants };
            const outcome = handle({ ...around, asker, wish, view, rekeying, grants: each });
            results = outcome.results ?? [];
            return outcome.changes ?? {};
          },
          (refused) => resolve(refused ?? results),
        );
      }),
  };
}

function stored<Result>(work: (done: (...results: Result[]) => void) => void): Promise<void> {
  return new Promise((resolve) => work(() => resolve()));
}

async function two(): Promise<[Server, Server]> {
  const store = createMemoryStore();
  return [await open(store), await open(store)];
}

/** All groups as they are stored, by whichever server. */
async function all({ ledger }: Server) {
  await stored((done) => ledger.refresh(done));
  return [...ledger.groups.values()];
}

test('a group that is handed on at both goes to one', async () => {
  const [a, b] = await two();
  await stored((done) =>
    a.changes.create({ kind: 'service', name: 'lights', owner: 'pne-1', members: PNES }, done),
  );
  await stored((done) => b.ledger.refresh(done));
  const outcomes = await Promise.all([
    a.ask('pne-1', groups.transferGroup, transferGroup(2, 'pne-2')),
    b.ask('pne-1', groups.transferGroup, transferGroup(2, 'pne-3')),
  ]);
  const winner = outcomes.findIndex((outcome) => typeof outcome === 'object');
  assert.equal([...outcomes].sort(), [[], 'notOwner']);
  assert.is((await all(a))[0]!.owner, ['pne-2', 'pne-3'][winner]);
});

test('a group that is asked for at both is one, and two of two names have references of their own', async () => {
  const [a, b] = await two();
  const same = createGroup('lights');
  const once = await Promise.all([
    a.ask('pne-1', groups.createGroup, same),
    b.ask('pne-1', groups.createGroup, same),
  ]);
  assert.equal(once, [[2], [2]]);
  const others = await Promise.all([
    a.ask('pne-1', groups.createGroup, createGroup('one')),
    b.ask('pne-2', groups.createGroup, createGroup('two')),
  ]);
  assert.equal(others.flat().sort(), [4, 6]);
  assert.is((await all(b)).length, 3);
});

test('a PNE that chooses a PN at one while another puts it in a PN at the other is in one', async () => {
  for (const isFirst of [true, false]) {
    const [a, b] = await two();
    await stored((done) => a.changes.create({ kind: 'pn', name: 'office', members: [] }, done));
    await stored((done) => b.ledger.refresh(done));
    const put = () => a.ask('pne-1', networks.setUpNetwork, setUpNetwork('home', ['pne-2']));
    const choose = () => b.ask('pne-2', networks.chooseNetwork, chooseNetwork(1));
    await Promise.all(isFirst ? [put(), choose()] : [choose(), put()]);
    const found = (await all(a)).filter((network) => isMember(network, 'pne-2'));
    assert.is(found.length, 1);
  }
});

test('of two that are made the last administrator of a PN, each at one server, one is', async () => {
  const [a, b] = await two();
  const { networkMaxAdmins } = NodeLimits;
  const members = ['pne-1', ...Array.from({ length: networkMaxAdmins + 1 }, (_, at) => `m-${at}`)];
  await stored((done) => a.changes.create({ kind: 'pn', name: 'home', owner: 'pne-1', members }, done));
  const assign = (server: Server, id: string) =>
    server.ask('pne-1', administration.assignAdmin, assignAdmin(1, id));
  const [, ...rest] = members;
  for (const id of rest.slice(2)) await assign(a, id);
  await stored((done) => b.ledger.refresh(done));
  const outcomes = await Promise.all([assign(a, 'm-0'), assign(b, 'm-1')]);
  assert.equal([...outcomes].sort(), [[], 'groupFull']);
  assert.is(administratorsOf((await all(b))[0]!).length, networkMaxAdmins);
});

/** Both have read what there is of pne-2, if `isRead`; then it is revoked at the second. */
async function revokedAtOther(isRead: boolean): Promise<Server> {
  const [a, b] = await two();
  await stored((done) =>
    a.changes.create({ kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1'] }, done),
  );
  await stored((done) => a.changes.create({ kind: 'service', name: 'lights', members: [] }, done));
  if (isRead) await stored((done) => a.ledger.withUser('pne-2', () => done()));
  await stored((done) => b.changes.revoke('pne-2', done));
  return a;
}

test('a PNE that was revoked at one is put in no PN at the other, which has not heard of that, nor does it join', async () => {
  for (const isRead of [false, true]) {
    const ask = async (pneId: string, handle: ServiceHandler, wish: Wish) =>
      (await revokedAtOther(isRead)).ask(pneId, handle, wish);
    const listed = setUpNetwork('office', ['pne-2']);
    assert.is(await ask('pne-3', networks.setUpNetwork, listed), 'notAuthorized');
    assert.is(await ask('pne-1', administration.addAdminee, addAdminee(1, 'pne-2')), 'notAuthorized');
    const a = await revokedAtOther(isRead);
    const joined = await new Promise((resolve) => a.changes.join(2, 'pne-2', resolve));
    assert.is(joined, 'notAuthorized');
    assert.not.ok((await all(a)).some((group) => isMember(group, 'pne-2')));
  }
});

test('one that has no user key yet is put in a PN, and one that gets it at the other meanwhile too', async () => {
  const [a, b] = await two();
  assert.equal(await a.ask('pne-1', networks.setUpNetwork, setUpNetwork('office', ['pne-2'])), [1]);
  await stored((done) => b.ledger.refresh(done));
  await stored((done) => b.ledger.withUser('pne-3', () => done()));
  await stored((done) => a.changes.assign('pne-3', 0, done));
  assert.equal(await b.ask('pne-1', administration.addAdminee, addAdminee(1, 'pne-3')), []);
  assert.ok((await all(a)).every((group) => isMember(group, 'pne-3')));
});

test.run();
