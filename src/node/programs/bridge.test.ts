// SPDX-License-Identifier: Apache-2.0

/** The bridge between a server program and a broker, both of which come and go. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../listener.testing.ts';
import { TestBroker } from '../mqtt/broker.testing.ts';
import { isDeviceDiscovery } from '../mqtt/schema.testing.ts';
import { BRIDGE_OPTIONS, startBridgeProgram } from './bridge.ts';
import { readConfig } from './config.ts';
import { Deployment, type Said, testContext } from './deployment.testing.ts';
import type { Program } from './program.ts';

const test = suite('bridge');

interface Bridged {
  readonly deployment: Deployment;
  readonly broker: TestBroker;
  readonly said: Said[];
  readonly folder: string;
  bridge: Program;
  close(): Promise<void>;
}

function startBridge(
  { serverUrl, serverCredentialPath }: Deployment,
  url: string,
  folder: string,
  said: Said[],
  ...more: string[]
) {
  const args = ['--state', folder, '--server', serverUrl, '--server-credential', serverCredentialPath];
  return startBridgeProgram(
    readConfig(BRIDGE_OPTIONS, [...args, '--broker', url, ...more], {}).values,
    testContext(said),
  );
}

async function bridged(
  names = ['pne-1'],
  rights = ['--read', 'all', '--command', 'all'],
  ...more: string[]
): Promise<Bridged> {
  const deployment = await Deployment.start(names);
  const folder = await deployment.addEntity('bridge', ...rights);
  const broker = await new TestBroker().start();
  const said: Said[] = [];
  const state: Bridged = {
    ...{ deployment, broker, said, folder },
    bridge: await startBridge(deployment, broker.url, folder, said, ...more),
    async close(): Promise<void> {
      await state.bridge.close();
      await deployment.close();
      await broker.stop();
    },
  };
  await broker.has('pne-runtime/availability', 'online');
  return state;
}

const readingsOf = (broker: TestBroker, pne = 'pne-1') =>
  broker.payloadsOf(`pne-runtime/${pne}/reading`).map((text) => JSON.parse(text).value);

test('readings, availability and discovery are retained at the broker', async () => {
  const state = await bridged(['pne-1', 'büro/2']);
  const { deployment, broker } = state;
  deployment.pnes[0]!.report({ temperature: 21.5, door: false });
  deployment.pnes[1]!.report({ text: 'x' });
  await broker.has('pne-runtime/pne-1/availability', 'online');
  await broker.has('pne-runtime/b%C3%BCro%2F2/availability', 'online');
  await until(() => readingsOf(broker).length === 1, 'a reading');
  const { id, time, value } = JSON.parse(broker.retained.get('pne-runtime/pne-1/reading')!);
  assert.equal([id % 2 ** 32, value], [0, { temperature: 21.5, door: false }]);
  assert.ok(Math.abs(Date.now() - Date.parse(time)) < 60_000);
  const topic = 'homeassistant/device/pne-runtime_pne-1/config';
  await broker.has(topic, /"field_temperature"/);
  const configs = [...broker.retained].filter(([each]) => each.startsWith('homeassistant/'));
  assert.is(configs.length, 2);
  for (const [each, payload] of configs) assert.ok(isDeviceDiscovery(each, payload), payload);
  assert.equal(Object.keys(JSON.parse(broker.retained.get(topic)!).cmps), [
    'field_temperature',
    'field_door',
    'interval',
  ]);
  await state.close();
});

test('nothing is taken from the server before the broker has confirmed it', async () => {
  const state = await bridged();
  const { deployment, broker, folder, said } = state;
  broker.holds = true;
  deployment.pnes[0]!.report({ n: 1 });
  await broker.has('pne-runtime/pne-1/reading', /"n":1/);
  // It has the reading and says nothing: this bridge ends, and the next one publishes it again.
  await state.bridge.close();
  broker.holds = false;
  state.bridge = await startBridge(deployment, broker.url, folder, said);
  await until(() => readingsOf(broker).length === 2, 'the reading again');
  deployment.pnes[0]!.report({ n: 2 });
  await until(() => readingsOf(broker).length === 3, 'the next reading');
  // That one was confirmed: after another start nothing comes again.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await state.bridge.close();
  state.bridge = await startBridge(deployment, broker.url, folder, said);
  deployment.pnes[0]!.report({ n: 3 });
  await until(() => readingsOf(broker).length === 4, 'the last reading');
  assert.equal(readingsOf(broker), [{ n: 1 }, { n: 1 }, { n: 2 }, { n: 3 }]);
  await state.close();
});

test('a broker that is away gets what came meanwhile, once it is there again, in order', async () => {
  const state = await bridged();
  const { deployment, broker, said } = state;
  await broker.stop();
  for (let n = 0; n < 5; n += 1) deployment.pnes[0]!.report({ n });
  await until(() => deployment.pnes[0]!.accepted.length === 5, 'the server has them');
  assert.equal(readingsOf(broker), []);
  await until(() => said.some(({ event }) => event === 'broker-unreachable'), 'it says why');
  broker.retained.clear();
  await broker.start();
  await until(() => readingsOf(broker).length === 5, 'five readings');
  assert.equal(
    readingsOf(broker),
    [0, 1, 2, 3, 4].map((n) => ({ n })),
  );
  await until(() => broker.retained.size === 4, 'what is so is told to a broker that has forgotten it');
  const events = said.map(({ event }) => event).filter((event) => event.startsWith('broker'));
  // A connection may end with an error, which is said first then.
  assert.equal([...new Set(events.slice(1, -1))].sort(), ['broker-away', 'broker-unreachable']);
  assert.equal([events[0], events.at(-1)], ['broker-there', 'broker-there']);
  await state.close();
});

test('a bridge that is cut off is offline by its will, and online again', async () => {
  const state = await bridged();
  const { broker } = state;
  broker.published.length = 0;
  broker.cut();
  await until(() => broker.payloadsOf('pne-runtime/availability').length >= 2, 'offline and online');
  assert.equal(broker.payloadsOf('pne-runtime/availability'), ['offline', 'online']);
  await state.deployment.stopServer();
  await until(() => broker.retained.get('pne-runtime/availability') === 'offline', 'no server');
  await state.deployment.startServer();
  await until(() => broker.retained.get('pne-runtime/availability') === 'online', 'a server');
  await state.close();
});

test('a command is a content for its PNE, and what became of it is told', async () => {
  const state = await bridged(['pne-1', 'pne-2'], ['--read', 'all', '--command', 'pne-1']);
  const { deployment, broker, said } = state;
  await broker.publish('pne-runtime/pne-1/command', '{"led":true}');
  await broker.has('pne-runtime/pne-1/outcome', '{"outcome":"delivered"}');
  const isLed = (value: unknown) => typeof value === 'object' && 'led' in value!;
  assert.equal(deployment.pnes[0]!.contents.filter(isLed), [{ led: true }]);
  await broker.publish('pne-runtime/pne-2/command', '{"led":true}');
  await broker.has('pne-runtime/pne-2/outcome', '{"outcome":"notAuthorized"}');
  for (const bad of ['', '{', Buffer.from([0xff]), '"'.padEnd(9000, 'x').concat('"')])
    await broker.publish('pne-runtime/pne-1/command', bad);
  await broker.publish('pne-runtime/pne-1/command', JSON.stringify([[[[[[1]]]]]]));
  await until(() => broker.payloadsOf('pne-runtime/pne-1/outcome').length === 6, 'six outcomes');
  assert.equal(
    broker.payloadsOf('pne-runtime/pne-1/outcome').slice(1),
    Array(5).fill('{"outcome":"badRequest"}'),
  );
  await broker.publish('pne-runtime/pne-9/command', '1');
  await broker.publish('pne-runtime/%zz/command', '1');
  const reasons = () =>
    said.filter(({ event }) => event === 'command-refused').map(({ facts }) => facts.reason);
  await until(() => reasons().length === 8, 'eight refusals');
  assert.equal(reasons().slice(-2).sort(), ['notAuthorized', 'unknownTopic']);
  assert.equal(broker.payloadsOf('pne-runtime/pne-9/outcome'), []);
  assert.equal(deployment.pnes[1]!.contents.filter(isLed), []);
  await state.close();
});

test('a command that a broker has kept is for another time', async () => {
  const state = await bridged();
  const { deployment, broker, said, folder } = state;
  await state.bridge.close();
  await broker.publish('pne-runtime/pne-1/command', '{"led":true}', true);
  state.bridge = await startBridge(deployment, broker.url, folder, said);
  await until(() => said.some(({ facts }) => facts.reason === 'retained'), 'it is refused');
  assert.equal(
    deployment.pnes[0]!.contents.filter((value) => 'led' in (value as object)),
    [],
  );
  await state.close();
});

test('a PNE of which nothing comes is offline; of one that is removed nothing stays', async () => {
  const state = await bridged(['pne-1'], ['--read', 'all'], '--offline-after', '300');
  const { deployment, broker } = state;
  deployment.pnes[0]!.report({ n: 1 });
  await broker.has('pne-runtime/pne-1/availability', 'online');
  await broker.has('pne-runtime/pne-1/availability', 'offline');
  await deployment.admin('remove', 'pne-1');
  await until(() => broker.retained.size === 1, 'the bridge alone is retained');
  assert.equal([...broker.retained.keys()], ['pne-runtime/availability']);
  await state.close();
});

test('a PNE whose owner takes his consent back is taken off the broker, and comes again once he gives it', async () => {
  const state = await bridged(['pne-1'], ['--read', 'all']);
  const { deployment, broker, said } = state;
  deployment.pnes[0]!.report({ n: 1 });
  await broker.has('pne-runtime/pne-1/availability', 'online');
  await deployment.admin('openness', 'ask', 'pne-1');
  await until(() => broker.retained.size === 1, 'the bridge alone is retained');
  await until(() => said.some(({ event }) => event === 'consent-required'), 'it says why');
  await deployment.says('consent-asked');
  await deployment.admin('consent', '1');
  // The server learns of it a little later.
  for (let count = 2; !broker.retained.has('pne-runtime/pne-1/reading'); count += 1) {
    deployment.pnes[0]!.report({ n: count });
    await until(() => deployment.pnes[0]!.accepted.length >= count, 'a reading is stored');
  }
  await state.close();
});

test('a broker that asks for a password gets that of the URL, and one that refuses is told of without it', async () => {
  const broker = new TestBroker();
  broker.refusesPassword = true;
  await broker.start();
  const deployment = await Deployment.start([]);
  const folder = await deployment.addEntity('bridge', '--read', 'all');
  const said: Said[] = [];
  const url = (password: string) => broker.url.replace('//', `//user:${password}@`);
  const wrong = await startBridge(deployment, url('guess'), folder, said, '--discovery', 'none');
  await until(() => said.some(({ event }) => event === 'broker-unreachable'), 'it is refused');
  assert.not.ok(JSON.stringify(said).includes('guess'));
  await wrong.close();
  const right = await startBridge(deployment, url('secret'), folder, said, '--discovery', 'none');
  await broker.has('pne-runtime/availability', 'online');
  await right.close();
  await deployment.close();
  await broker.stop();
});

test.run();
