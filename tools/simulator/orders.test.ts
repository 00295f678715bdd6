// SPDX-License-Identifier: Apache-2.0

/** The firmware in XS with a user: what he orders it to ask its server for, and what it tells him. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NewsType, type OrderAnswer } from '../../firmware/orders/news-message.ts';
import { type Order, OrderKind } from '../../firmware/orders/order-message.ts';
import { encodeFlat, type FlatItem } from '../../src/cbor/flat.ts';
import { askOwner } from '../../src/node/consent-changes.ts';
import { grantJoined } from '../../src/node/programs/admin-grants.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { Reason } from '../../src/refusal.ts';
import type { Provisioning } from '../../src/roles/provisioning.ts';
import type { Wish } from '../../src/roles/service-message.ts';
import {
  assignAdmin,
  capabilitiesIn,
  chooseNetwork,
  createGroup,
  describeDevice,
  devicesIn,
  discoverGroups,
  groupsIn,
  listDevices,
  listNetworks,
  networksIn,
  referenceIn,
  releaseNetwork,
  removeMember,
  setUpNetwork,
  transferGroup,
} from '../../src/roles/service-wishes.ts';
import { Status } from '../../src/roles/status.ts';
import type { Board } from './board.ts';
import { openBoard } from './boards.ts';
import { DeviceUser, type Told } from './device-user.ts';
import { secondsNow } from './keepers.ts';
import { type Network, startNetwork } from './network.ts';
import { type PneProcess, startPneProcess } from './pne-process.ts';

const test = suite('simulator/orders');
const PNES = Object.freeze(['pne-1', 'pne-2', 'pne-3']);
const PATIENCE_MS = 30_000;

/** A user that a test has say anything to his device. */
class Tester extends DeviceUser {
  readonly told: Told[] = [];
  sendRaw: (bytes: Uint8Array) => void = () => undefined;
  readonly answers: OrderAnswer[] = [];

  override meet(send: (order: Uint8Array) => void): void {
    this.sendRaw = send;
    super.meet(send);
  }

  override hear(news: Parameters<DeviceUser['hear']>[0]): void {
    if (news.type === NewsType.answer) this.answers.push(news);
    else this.told.push(news);
    super.hear(news);
  }
}

class Trial {
  readonly users = new Map(PNES.map((id) => [id, new Tester()]));
  /** What consoles say. */
  readonly lines: string[] = [];
  network!: Network;
  private readonly folder = scratchFolder();
  private readonly processes = new Map<string, PneProcess>();

  static async start(): Promise<Trial> {
    const trial = new Trial();
    const ignore = () => undefined;
    trial.network = await startNetwork({
      ...{ pneIds: PNES, algorithm: undefined, intervalMs: 50 },
      ...{ onAgreed: ignore, onReading: ignore, onRefused: ignore, onHolder: ignore },
    });
    for (const id of PNES) await trial.startPne(id);
    return trial;
  }

  async startPne(id: string): Promise<void> {
    const provisioning = this.network.provisioning[PNES.indexOf(id)] as Provisioning;
    const process = await startPneProcess({
      ...{
        provisioning,
        board: this.heard(await openBoard('linux')),
        folder: join(this.folder, id),
        linePort: 0,
      },
      user: this.user(id),
      onSample: () => undefined,
      onFigures: () => undefined,
      onExit: (problem) => assert.unreachable(problem),
    });
    this.processes.set(id, process);
  }

  private heard(board: Board): Board {
    const spawn = (place: Parameters<Board['spawn']>[0]): ChildProcess => {
      const child = board.spawn(place);
      createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(line));
      return child;
    };
    return { ...board, spawn };
  }

  async restart(id: string): Promise<void> {
    await this.processes.get(id)!.stop();
    await this.startPne(id);
  }

  user(id: string): Tester {
    return this.users.get(id)!;
  }

  ask(id: string, wish: Wish): Promise<OrderAnswer> {
    return this.user(id).order({ kind: OrderKind.wish, ...wish });
  }

  order(id: string, order: Order): Promise<OrderAnswer> {
    return this.user(id).order(order);
  }

  /** The server decides by it from then on. */
  async grant(id: string, may: string): Promise<void> {
    await grantJoined(this.network.registrar.store, id, may);
  }

  /** `group owner members`, of each. */
  get groups(): string[] {
    return this.network.keys.groups.map(({ name, owner, members }) =>
      [name, owner, ...members.map(({ pneId }) => pneId)].join(' '),
    );
  }

  async close(): Promise<void> {
    for (const process of this.processes.values()) await process.stop();
    await this.network.close();
  }
}

async function withTrial(work: (trial: Trial) => Promise<void>): Promise<void> {
  const trial = await Trial.start();
  try {
    await work(trial);
  } finally {
    await trial.close();
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function ok({ reason, status }: OrderAnswer): void {
  assert.equal([reason, status], [0, Status.ok]);
}

test('a group is made, found, joined, handed on and left by orders at devices, through a restart', () =>
  withTrial(async (trial) => {
    await trial.grant('pne-1', 'group-create,group-own,group-discover,group-transfer');
    const reference = referenceIn(await trial.ask('pne-1', createGroup('lights', 'lighting')));
    for (const id of ['pne-2', 'pne-3']) {
      await trial.grant(id, 'group-discover,group-join,group-own,group-remove');
      const [found] = groupsIn(await trial.ask(id, discoverGroups(0, 'lighting'))).entries;
      assert.is(found!.reference, reference);
      ok(await trial.order(id, { kind: OrderKind.join, reference }));
    }
    ok(await trial.ask('pne-1', transferGroup(reference, 'pne-2')));
    assert.is((await trial.ask('pne-1', transferGroup(reference, 'pne-3'))).status, Status.notOwner);
    const isTold = (told: Told) => told.type === NewsType.notice && told.owner === 'pne-2';
    await until(() => trial.user('pne-3').told.some(isTold), 'pne-3 is told of the new owner');
    await trial.restart('pne-2');
    ok(await trial.ask('pne-2', removeMember(reference, 'pne-3')));
    ok(await trial.order('pne-1', { kind: OrderKind.leave, reference }));
    assert.equal(trial.groups, ['lights pne-2 pne-2']);
    assert.ok(trial.lines.includes(`pne: order 1 answered with status 0: [${reference}]`));
    assert.ok(trial.lines.includes(`pne: group ${reference}: owner pne-2`));
    assert.ok(trial.lines.includes(`pne: group ${reference}: no key any more`));
  }));

test('an order is given again to a device that starts before it has answered', () =>
  withTrial(async (trial) => {
    const asked = trial.ask('pne-1', createGroup('lights'));
    await trial.restart('pne-1');
    const reference = referenceIn(await asked);
    assert.is(referenceIn(await trial.ask('pne-1', createGroup('lights'))), reference);
    assert.is(trial.groups.length, 1);
  }));

test('PNs are set up, listed, chosen, administered and released by orders', () =>
  withTrial(async (trial) => {
    const rights = 'pn-setup,pn-choose,pn-join,pn-release,admin-assign,devices-read,devices-capabilities';
    for (const id of PNES) await trial.grant(id, rights);
    const office = referenceIn(await trial.ask('pne-1', setUpNetwork('office')));
    const home = referenceIn(await trial.ask('pne-2', setUpNetwork('home', ['pne-3'])));
    assert.is((await trial.ask('pne-3', setUpNetwork('mine'))).status, Status.networkTaken);
    const listed = networksIn(await trial.ask('pne-3', listNetworks())).entries;
    assert.equal(
      listed.map(({ name, isMember, mayChoose }) => [name, isMember, mayChoose]),
      [
        ['office', false, true],
        ['home', true, true],
      ],
    );
    ok(await trial.ask('pne-2', assignAdmin(home, 'pne-3')));
    const devices = devicesIn(await trial.ask('pne-3', listDevices(home))).entries;
    assert.equal(
      devices.map(({ pneId }) => pneId),
      ['pne-2', 'pne-3'],
    );
    assert.ok(capabilitiesIn(await trial.ask('pne-3', describeDevice(home, 'pne-2'))).isHere);
    ok(await trial.ask('pne-3', chooseNetwork(office)));
    ok(await trial.ask('pne-2', releaseNetwork(home)));
    assert.equal(trial.groups, ['office pne-1 pne-1 pne-3']);
  }));

test('a group that a PNE may not join is refused, and its key is not there', () =>
  withTrial(async (trial) => {
    const reference = referenceIn(await trial.ask('pne-1', createGroup('lights')));
    await trial.grant('pne-2', 'group-discover');
    const { reason } = await trial.order('pne-2', { kind: OrderKind.join, reference });
    assert.is(reason, Reason.keyWithheld);
    assert.equal(trial.groups, ['lights pne-1 pne-1']);
  }));

test('a question is put to the user of its owner, who answers it', () =>
  withTrial(async (trial) => {
    const { store } = trial.network.registrar;
    ok(await trial.order('pne-1', { kind: OrderKind.openness, word: 2 }));
    const question = { operation: 'content-access', subject: 'bridge', target: 'pne-1' } as const;
    assert.ok(await askOwner(store, question, secondsNow()));
    const { told } = trial.user('pne-1');
    await until(() => told.length > 0, 'a question');
    assert.equal(told, [{ type: NewsType.question, number: 1, ...question }]);
    assert.ok(trial.lines.includes('pne: question 1: bridge wants content-access of pne-1'));
    ok(await trial.order('pne-1', { kind: OrderKind.consent, question: 1, word: 0, seconds: 60 }));
    const again = await trial.order('pne-1', { kind: OrderKind.consent, question: 1, word: 1, seconds: 60 });
    assert.is(again.status, Status.notAuthorized, 'what was refused stays so');
    const other = await trial.order('pne-2', { kind: OrderKind.consent, question: 1, word: 1, seconds: 0 });
    assert.is.not(other.status, Status.ok);
  }));

const MALFORMED: readonly (readonly [readonly FlatItem[], number, number])[] = [
  [[4], 0, Reason.messageInvalid],
  [[4, 9, 7], 9, Reason.messageInvalid],
  [[4, 10, 0, 0, 0, 'x'.repeat(2000)], 10, Reason.badArgument],
  [[4, 11, 3, 1, 2, 0], 11, Reason.messageInvalid],
];

test('a malformed order is answered with its reason, and the device goes on', () =>
  withTrial(async (trial) => {
    ok(await trial.ask('pne-1', discoverGroups()));
    const user = trial.user('pne-1');
    for (const [items] of MALFORMED) user.sendRaw(encodeFlat(items));
    await until(() => user.answers.length > MALFORMED.length, 'answers');
    assert.equal(
      user.answers.slice(1).map(({ number, reason }) => [number, reason]),
      MALFORMED.map(([, number, reason]) => [number, reason]),
    );
    ok(await trial.ask('pne-1', createGroup('lights')));
    assert.ok(trial.lines.includes('pne: order 9 refused messageInvalid (61)'));
  }));

test.run();
