// SPDX-License-Identifier: Apache-2.0

/** What PNEs ask for, where messages, stores and processes are lost, and where somebody speaks nonsense. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBelow } from '../bytes/random.testing.ts';
import { ImplementationLimits } from '../limits.ts';
import type { BoundKeys, KeyHost } from './pne-keys.ts';
import {
  encodeServiceAnswer,
  encodeServiceRequest,
  type ServiceAnswer,
  type Wish,
} from './service-message.ts';
import { createGroup, discoverGroups, referenceIn, removeMember, transferGroup } from './service-wishes.ts';
import { GROUP_RIGHTS, PNES, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('services after losses');
const ALL = Object.freeze(Object.fromEntries(PNES.map((id) => [id, GROUP_RIGHTS])));
const LIGHTS = 2;

interface Asker {
  readonly host: KeyHost;
  waiting: unknown;
}

/** What a PNE sends and receives by its own session, past what it would ask for itself. */
function asker(network: ServiceNetwork, id: string): BoundKeys & Asker {
  return network.device(id).services as unknown as BoundKeys & Asker;
}

/** Drops the next messages that a PNE sends, or gets. Returns how many it has dropped. */
function losing(network: ServiceNetwork, end: 'from' | 'to', id: string, count: number): () => number {
  let lost = 0;
  network.air = (message, towards, from) => {
    if ((end === 'from' ? from : towards) !== id || lost >= count) return [message];
    lost += 1;
    return [];
  };
  return () => lost;
}

function names({ keys }: ServiceNetwork): string[] {
  return keys.groups.map(({ name, owner }) => `${name} of ${owner}`);
}

function statuses(answers: readonly (ServiceAnswer | undefined)[]): unknown[] {
  return answers.map((answer) => answer?.status);
}

// The first test of a suite has less of XS's stack than those behind it.
test('one wish at a time waits for its answer', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1'] });
  network.disconnect('pne-1');
  const answers = network.asked('pne-1', discoverGroups());
  assert.throws(() => network.asked('pne-1', discoverGroups()), /queueFull/);
  network.connect('pne-1');
  network.settle();
  assert.equal(statuses(answers), [Status.ok]);
});

for (const end of ['from', 'to'] as const)
  test(`what is lost on the way ${end} the PNE is asked and answered again, and done once`, () => {
    const network = new ServiceNetwork(ALL, { devices: ['pne-1'] });
    const lost = losing(network, end, 'pne-1', 3);
    const answers = network.asked('pne-1', createGroup('lights'));
    network.settle();
    assert.equal(answers, []);
    network.pass(60_000);
    assert.equal([lost(), statuses(answers), names(network)], [3, [Status.ok], ['lights of pne-1']]);
    assert.is(network.keys.groups[0]!.rekeys, 0);
  });

test('an answer that comes twice is taken once, and one to nothing is refused', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1'] });
  const { refusals } = network.device('pne-1');
  const answers = network.asked('pne-1', createGroup('lights'));
  network.settle();
  const again = encodeServiceAnswer(answers[0]!);
  asker(network, 'pne-1').receive(again);
  assert.equal([answers.length, refusals.length], [1, 0]);
  const foreign = encodeServiceAnswer({ ...answers[0]!, serial: 2 });
  assert.throws(() => asker(network, 'pne-1').receive(foreign), /stateInvalid/);
});

test('a server that ends between store and answer has done it, and says so when it is asked again', () => {
  const network = new ServiceNetwork(ALL);
  const kill = (wish: Wish) => {
    // Nothing of the server comes through any more once it has stored this.
    const { commits } = network.store;
    network.relay = (message, towards) =>
      towards === 'gateway' && network.store.commits > commits ? [] : [message];
    const answers = network.asked('pne-1', wish);
    network.settle();
    assert.equal([answers, network.store.commits - commits], [[], 1]);
    network.relay = (message) => [message];
    network.restartServer();
    network.pass(60_000);
    assert.equal(statuses(answers), [Status.ok]);
    return answers[0]!;
  };
  assert.is(referenceIn(kill(createGroup('lights'))), LIGHTS);
  for (const id of ['pne-2', 'pne-3']) network.device(id).keys.join(LIGHTS);
  network.settle();
  kill(removeMember(LIGHTS, 'pne-3'));
  kill(transferGroup(LIGHTS, 'pne-2'));
  const [group] = network.keys.groups;
  assert.equal(
    [names(network), group!.members.map(({ pneId }) => pneId), group!.rekeys],
    [['lights of pne-2'], ['pne-1', 'pne-2'], 3],
  );
});

test('what cannot be stored is not answered, not told and not done, and done when it can be', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1'] });
  network.store.isFull = true;
  const answers = network.asked('pne-1', createGroup('lights'));
  network.settle();
  assert.equal([answers.length, network.keys.groups.length], [0, 0]);
  assert.ok(network.refusals.some(({ reason }) => reason === 'storeFailed'));
  network.store.isFull = false;
  network.pass(30_000);
  assert.equal([statuses(answers), names(network)], [[Status.ok], ['lights of pne-1']]);
});

test('of two that would own a group at the same time each is heard in turn, and one owns it', () => {
  for (const isGivenFirst of [true, false]) {
    const network = new ServiceNetwork(ALL);
    network.answer('pne-1', createGroup('lights'));
    for (const id of ['pne-2', 'pne-3']) network.device(id).keys.join(LIGHTS);
    network.settle();
    const give = () => network.asked('pne-1', transferGroup(LIGHTS, 'pne-2'));
    const use = () => network.asked('pne-2', removeMember(LIGHTS, 'pne-1'));
    const [first, second] = isGivenFirst ? [give(), use()] : [use(), give()];
    network.settle();
    assert.equal(
      [...statuses(first), ...statuses(second)],
      [isGivenFirst ? Status.ok : Status.notOwner, Status.ok],
    );
    assert.is(network.answer('pne-1', transferGroup(LIGHTS, 'pne-3')).status, Status.notOwner);
    assert.equal(
      [names(network), network.keys.groups[0]!.members.length],
      [['lights of pne-2'], isGivenFirst ? 2 : 3],
    );
  }
});

test('another process was faster: it is decided by what that has stored', () => {
  const network = new ServiceNetwork(ALL);
  network.answer('pne-1', createGroup('lights'));
  network.device('pne-2').keys.join(LIGHTS);
  network.settle();
  network.store.groups.set(LIGHTS, { ...network.store.groups.get(LIGHTS)!, owner: 'pne-2' });
  network.keys.refresh();
  assert.is(network.answer('pne-1', removeMember(LIGHTS, 'pne-2')).status, Status.notOwner);
});

test("a wish that was held back on the way is nobody's any more, once a later one was heard", () => {
  const network = new ServiceNetwork(ALL);
  network.answer('pne-1', createGroup('lights'));
  network.device('pne-2').keys.join(LIGHTS);
  network.settle();
  const held: Uint8Array[] = [];
  network.relay = (message, towards) => {
    if (towards !== 'server' || held.length > 0) return [message];
    held.push(message);
    return [];
  };
  const answers = network.asked('pne-1', removeMember(LIGHTS, 'pne-2'));
  network.settle();
  network.pass(10_000);
  assert.equal([held.length, statuses(answers)], [1, [Status.ok]]);
  network.device('pne-2').keys.join(LIGHTS);
  network.answer('pne-1', discoverGroups());
  network.inject('gateway', held[0]!, 'server');
  assert.is(network.keys.groups[0]!.members.length, 2);
  assert.is(network.refusals[network.refusals.length - 1]!.reason, 'replay');
});

test('a PNE that asks faster than the store answers has one wish under way', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1'] });
  const { host } = asker(network, 'pne-1');
  for (let serial = 1; serial <= 5; serial++)
    host.send(encodeServiceRequest({ serial, ...createGroup(`group ${serial}`) }));
  network.settle();
  assert.ok(network.keys.groups.length < 5, `${network.keys.groups.length}`);
  assert.ok(network.refusals.every(({ reason }) => reason === 'queueFull'));
  assert.ok(network.refusals.length > 0);
});

test('a server that takes no such wishes is not asked for ever', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1'], hasDesk: false });
  const answers = network.asked('pne-1', discoverGroups());
  network.pass(600_000, 5000);
  assert.equal(answers, [undefined]);
  assert.is(
    network.refusals.filter(({ reason }) => reason === 'messageInvalid').length,
    // The wish, and that it wants to be told.
    2 * ImplementationLimits.keyMaxRequests,
  );
});

test('nonsense in a verified record changes nothing, at either end', () => {
  const network = new ServiceNetwork(ALL, { devices: ['pne-1', 'pne-2'] });
  network.answer('pne-1', createGroup('lights'));
  const before = JSON.stringify(network.keys.groups);
  const below = createBelow(5);
  const { host } = asker(network, 'pne-2');
  const whole = encodeServiceRequest({ serial: 9, ...removeMember(LIGHTS, 'pne-1') });
  for (let round = 0; round < 300; round++) {
    const bytes = whole.slice(0, 2 + below(whole.length));
    if (bytes.length > 2) bytes[2 + below(bytes.length - 2)] = below(256);
    host.send(bytes);
    try {
      asker(network, 'pne-2').receive(bytes);
    } catch (error) {
      assert.is((error as Error).constructor.name, 'Refusal', `${error}`);
    }
    network.settle();
  }
  assert.is(JSON.stringify(network.keys.groups), before);
  assert.ok(network.refusals.length > 100);
});

test.run();
