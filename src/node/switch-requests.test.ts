// SPDX-License-Identifier: Apache-2.0

/** What a server process does with switches that another process, a PNE or a gateway has asked for. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Authority } from '../authorization/authority.ts';
import { gatewayScope } from '../authorization/gateway-access.ts';
import { OPERATIONS, type OperationName, objectOf, rowFor } from '../authorization/operations.ts';
import type { Asker } from '../authorization/service-access.ts';
import { encodeFlat } from '../cbor/flat.ts';
import { Refusal } from '../refusal.ts';
import { GroupChanges } from '../roles/group-changes.ts';
import { KeyLedger } from '../roles/key-ledger.ts';
import type { Done } from '../roles/server-keys.ts';
import { createNodeProvider } from './crypto/provider.ts';
import { DEVICE_GRANTS, GATEWAY_GRANTS, type GrantList, grantScope, revokeGrants } from './grants.ts';
import { openGrants } from './held-grants.ts';
import { openKeyStore } from './key-store.ts';
import { until } from './listener.testing.ts';
import { createMemoryStore } from './store/memory.ts';
import type { KeyValueStore } from './store/store.ts';
import { readSwitch, requestSwitch, type StoredSwitch, SWITCH_ROWS, switchPuts } from './switch-requests.ts';
import { openSwitches, type SwitchesOptions } from './switches.ts';
import { after } from './timer.ts';

const test = suite('switch requests');
const PN = 1;
const NOW = 1_800_000_000;
const { fillRandom } = createNodeProvider();

function opened(store: KeyValueStore, list: GrantList) {
  return openGrants({
    ...{ store, list, authority: new Authority({ now: () => NOW }) },
    onRevoked(): void {},
    onFailed: assert.unreachable,
  });
}

async function openAsked(keys: SwitchesOptions['keys'], store = createMemoryStore()) {
  await grantScope(store, GATEWAY_GRANTS, 'gateway-2', gatewayScope({ takes: [PN], bridges: [] }), NOW + 60);
  const grants = { pne: await opened(store, DEVICE_GRANTS), gateway: await opened(store, GATEWAY_GRANTS) };
  const state = { isThere: false, unknown: '', outcomes: [] as unknown[], failures: 0 };
  const switches = await openSwitches({
    ...{ store, grants, keys },
    hasGateway: () => state.isThere,
    isKnown: ({ name }) => name !== state.unknown,
    after: (_milliseconds, work) => after(0, work),
    onSwitched: ({ reference, gateway }) => state.outcomes.push([reference, gateway]),
    onRefused: (reason, { reference, gateway }) => state.outcomes.push([reason, reference, gateway]),
    onFailed: () => {
      state.failures += 1;
    },
  });
  return Object.assign(state, {
    switches,
    close(): void {
      switches.close();
      grants.pne.close();
      grants.gateway.close();
    },
  });
}

async function askedByAdmin(keys: SwitchesOptions['keys']) {
  const store = createMemoryStore();
  await requestSwitch(store, PN, 'gateway-2');
  return openAsked(keys, store);
}

test('a PN that another process has just made is known', async () => {
  let isMade = false;
  const asked = await askedByAdmin({
    refresh(then): void {
      isMade = true;
      then?.();
    },
    switchGateway: (_reference, _gateway, done?: Done) => done?.(isMade ? undefined : 'groupUnknown'),
  });
  assert.equal(asked.outcomes, []);
  isMade = false;
  asked.isThere = true;
  asked.switches.proceed();
  await until(() => asked.outcomes.length > 0, 'the switch');
  assert.equal(asked.outcomes, [[PN, 'gateway-2']]);
  asked.close();
});

test('what could not be stored is said, and tried again', async () => {
  let tries = 0;
  const asked = await askedByAdmin({
    refresh: (then) => then?.(),
    switchGateway(_reference, _gateway, done?: Done): void {
      tries += 1;
      done?.(tries === 1 ? 'storeFailed' : undefined);
    },
  });
  asked.isThere = true;
  asked.switches.proceed();
  await until(() => asked.outcomes.length > 0, 'the switch');
  assert.equal([asked.outcomes, asked.failures], [[[PN, 'gateway-2']], 1]);
  asked.close();
});

/** PN 1 of pne-1 in a store, and all that it takes for pne-1 to have it moved. */
async function owned() {
  const store = createMemoryStore();
  const ledger = new KeyLedger({
    ...{ store: openKeyStore({ store, onFailed: assert.unreachable }), after },
    onGroups(): void {},
    onUser(): void {},
    onFailed(): void {},
  });
  const changes = new GroupChanges(ledger, { fillRandom, bootOf: () => undefined });
  ledger.start();
  const made = { kind: 'pn', name: 'home', owner: 'pne-1', members: ['pne-1', 'pne-2'] } as const;
  await new Promise<void>((resolve) => changes.create(made, () => resolve()));
  const may = (list: GrantList, name: string, action: OperationName) => {
    const scope = [rowFor(objectOf(OPERATIONS[action].kind, PN), action)];
    return grantScope(store, list, name, scope, NOW + 60);
  };
  await may(DEVICE_GRANTS, 'pne-1', 'gateway-request');
  const keys: SwitchesOptions['keys'] = {
    refresh: (then) => ledger.refresh(then),
    switchGateway: (...of) => changes.switchGateway(...of),
  };
  return { store, ledger, changes, keys, may };
}

const PNE: Asker = { role: 'pne', name: 'pne-1' };
const gatewayOf = ({ ledger }: Pick<Awaited<ReturnType<typeof owned>>, 'ledger'>) =>
  ledger.groups.get(PN)?.gateway;

/** Something changes between the wish of `asker` and the moment that the gateway comes. Returns what becomes of it. */
async function changedMeanwhile(
  asker: Asker,
  change: (home: Awaited<ReturnType<typeof owned>>) => Promise<unknown> | undefined,
  unknown = '',
) {
  const home = await owned();
  await home.store.commit({ puts: switchPuts([{ reference: PN, gateway: 'gateway-2', asker }]) });
  const asked = await openAsked(home.keys, home.store);
  assert.equal([asked.outcomes, gatewayOf(home)], [[], undefined]);
  await change(home);
  Object.assign(asked, { unknown, isThere: true });
  asked.switches.proceed();
  await until(() => asked.outcomes.length > 0, 'what becomes of it');
  asked.close();
  return [...asked.outcomes, gatewayOf(home)];
}

const refusedFor = (reason: string) => [[reason, PN, 'gateway-2'], undefined];

test('a PN moves as its owner has asked, once its gateway is there', async () => {
  const outcome = await changedMeanwhile(PNE, () => undefined);
  assert.equal(outcome, [[PN, 'gateway-2'], 'gateway-2']);
});

test('an owner that is none any more, or has no grant, moves nothing', async () => {
  const { notOwner, notAuthorized } = {
    notOwner: refusedFor('notOwner'),
    notAuthorized: refusedFor('notAuthorized'),
  };
  const handOn = ({ changes }: Awaited<ReturnType<typeof owned>>) =>
    new Promise<unknown>((resolve) => changes.transfer(PN, 'pne-2', resolve));
  assert.equal(await changedMeanwhile(PNE, handOn), notOwner);
  assert.equal(await changedMeanwhile(PNE, ({ store }) => revokeGrants(store, 'pne-1')), notAuthorized);
  assert.equal(await changedMeanwhile(PNE, () => undefined, 'pne-1'), notAuthorized);
  const revoke = ({ changes }: Awaited<ReturnType<typeof owned>>) =>
    new Promise<unknown>((resolve) => changes.revoke('pne-1', resolve));
  assert.equal(await changedMeanwhile(PNE, revoke), notAuthorized);
});

test('nor does a gateway that may take a PN, and is called as its owner', async () => {
  const namesake: Asker = { role: 'gateway', name: 'pne-1' };
  const grant = ({ may }: Awaited<ReturnType<typeof owned>>) =>
    may(GATEWAY_GRANTS, 'pne-1', 'gateway-request');
  assert.equal(await changedMeanwhile(namesake, grant), refusedFor('notOwner'));
});

test('a new gateway that may not take it any more does not get it', async () => {
  const home = await owned();
  await home.store.commit({ puts: switchPuts([{ reference: PN, gateway: 'gateway-2', asker: PNE }]) });
  const asked = await openAsked(home.keys, home.store);
  await revokeGrants(home.store, 'gateway-2', GATEWAY_GRANTS);
  asked.isThere = true;
  asked.switches.proceed();
  await until(() => asked.outcomes.length > 0, 'what becomes of it');
  assert.equal([...asked.outcomes, gatewayOf(home)], refusedFor('notAuthorized'));
  asked.close();
});

test('what is stored with a change of groups is not stored where these have changed', async () => {
  const { store } = await owned();
  const [one, other] = [0, 1].map(() => openKeyStore({ store, onFailed: assert.unreachable }));
  for (const each of [one!, other!]) await new Promise((resolve) => each.load(resolve, assert.unreachable));
  const commit = (keys: typeof one, gateway: string) =>
    new Promise((resolve) =>
      keys!.commit(
        { groups: [], ended: [], users: [], read: [], switches: [{ reference: PN, gateway, asker: PNE }] },
        resolve,
      ),
    );
  assert.equal([await commit(one, 'gateway-1'), await commit(other, 'gateway-2')], [true, false]);
  const [row] = await store.range(SWITCH_ROWS, 2);
  assert.equal(readSwitch(row!), { reference: PN, gateway: 'gateway-1', asker: PNE });
});

test('who asks is read as it was stored, and whatever nobody stores is refused', () => {
  const stored: StoredSwitch[] = [
    { reference: 1, gateway: 'gateway-2' },
    { reference: 2 ** 21 - 1, gateway: 'é', asker: PNE },
    { reference: 3, gateway: 'g', asker: { role: 'gateway', name: 'g' } },
  ];
  for (const each of stored) assert.equal(readSwitch(switchPuts([each])[0]!), each);
  const { key } = switchPuts([stored[0]!])[0]!;
  const wrong = [
    ['g', 1],
    ['g', 1, 'x', 1],
    ['g', 0, 'x'],
    ['g', 3, 'x'],
    [1, 1, 'x'],
    ['g', 1, 1],
  ].map((items) => encodeFlat(items));
  for (const value of [...wrong, Uint8Array.of(0x83), Uint8Array.of(0xff)])
    assert.throws(
      () => readSwitch({ key, value }),
      (error: unknown) => error instanceof Refusal,
    );
});

test.run();
