// SPDX-License-Identifier: Apache-2.0

/** Topics, and what Home Assistant is told. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../../node-limits.ts';
import { type DiscoveryOptions, discoveryMessage, discoveryTopic, withFieldsOf } from './discovery.ts';
import { isDeviceDiscovery } from './schema.testing.ts';
import { checkTopic, commandedPne, plainId, pneTopic } from './topics.ts';

const test = suite('mqtt/discovery');
const OPTIONS: DiscoveryOptions = { discovery: 'homeassistant', prefix: 'home/pne', version: '1.2.3' };
const NAMES = ['pne-1', 'a/b', 'a_b', '+', '#', 'ä b', 'a%2Fb', '..', '$SYS', 'command'];

test('whatever a PNE is called, its topics are its own, and a command finds it', () => {
  const topics = NAMES.map((name) => pneTopic('home/pne', name, 'command'));
  assert.is(new Set(topics).size, NAMES.length);
  for (const [index, topic] of topics.entries()) {
    assert.match(topic, /^home\/pne\/[^/+#]+\/command$/);
    assert.is(commandedPne('home/pne', topic), NAMES[index]);
  }
  assert.is(new Set(NAMES.map(plainId)).size, NAMES.length);
  for (const name of NAMES) assert.match(plainId(name), /^[\w-]+$/);
});

test('a topic that is no command of a PNE names nobody', () => {
  for (const topic of [
    'home/pne/a/b/command',
    'home/pne/%zz/command',
    'home/pne/%61/command',
    'home/pne/a/reading',
    'other/x/a/command',
    'home/pne//command/',
    '',
  ])
    assert.is(commandedPne('home/pne', topic), undefined, topic);
});

test('prefixes are topics that can be published to', () => {
  for (const good of ['pne', 'home/pne', 'a b']) checkTopic(good);
  for (const bad of ['', '/', 'a/', '/a', 'a//b', 'a/+', '#', 'a\0'])
    assert.throws(() => checkTopic(bad), 'takes a topic');
});

test('a PNE is one message: a sensor for each field, by what it holds', () => {
  const reading = { temperature: 21.5, door: true, state: 'idle', deep: { a: 1 }, none: null, list: [1] };
  const fields = withFieldsOf(new Map(), reading);
  const topic = discoveryTopic(OPTIONS, 'a/b');
  const payload = discoveryMessage(OPTIONS, 'a/b', fields, true);
  assert.ok(isDeviceDiscovery(topic, payload));
  const { dev, o, cmps } = JSON.parse(payload);
  assert.equal([dev.name, o], ['a/b', { name: 'pne-runtime', sw: '1.2.3' }]);
  assert.equal(
    Object.values(cmps as Record<string, { p: string; name: string }>).map(({ p, name }) => [name, p]),
    [
      ['temperature', 'sensor'],
      ['door', 'binary_sensor'],
      ['state', 'sensor'],
      ['interval', 'number'],
    ],
  );
  assert.is(cmps.field_temperature.value_template, `{{ value_json.value["temperature"] | default('') }}`);
  assert.is(cmps.field_temperature.state_topic, 'home/pne/a%2Fb/reading');
  assert.is(cmps.interval.command_topic, 'home/pne/a%2Fb/command');
});

test('every name makes a message that Home Assistant takes', () => {
  for (const name of NAMES) {
    const fields = withFieldsOf(new Map(), { [name]: 1, 'µg m3': 2, 'm/s': 3 });
    assert.ok(
      isDeviceDiscovery(discoveryTopic(OPTIONS, name), discoveryMessage(OPTIONS, name, fields, false)),
      name,
    );
  }
});

test('what is not plain gets into no template, and fields are bounded', () => {
  const hostile = { '"] }}{{ x': 1, "'": 1, '{%': 1, '\n': 1, ['a'.repeat(33)]: 1, '': 1 };
  assert.is(withFieldsOf(new Map(), hostile).size, 0);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, index]));
  assert.is(withFieldsOf(new Map(), many).size, NodeLimits.bridgeMaxFields);
  const known = withFieldsOf(new Map(), { a: 1 });
  for (const value of [{ a: 'x' }, {}, 1, null, [1], 'x']) assert.is(withFieldsOf(known, value), known);
});

test('the check of the schema refuses what Home Assistant does', () => {
  const topic = discoveryTopic(OPTIONS, 'x');
  const good = JSON.parse(discoveryMessage(OPTIONS, 'x', withFieldsOf(new Map(), { a: 1, b: 2 }), false));
  const sensor = good.cmps.field_a;
  const wrong = [
    { ...good, dev: { name: 'x' } },
    { ...good, o: {} },
    { ...good, cmps: {} },
    { ...good, cmps: { a: { ...sensor, p: 'sensors' } } },
    { ...good, cmps: { a: { ...sensor, unique_id: undefined } } },
    { ...good, cmps: { a: sensor, b: sensor } },
    { ...good, cmps: { a: { ...sensor, state_topic: 'a/#' } } },
    { ...good, availability: [{}] },
    { ...good, qos: 3 },
    { ...good, extra: 1 },
  ];
  assert.ok(isDeviceDiscovery(topic, JSON.stringify(good)));
  for (const each of wrong)
    assert.not.ok(isDeviceDiscovery(topic, JSON.stringify(each)), JSON.stringify(each));
  assert.not.ok(isDeviceDiscovery('homeassistant/device/a b/config', JSON.stringify(good)));
});

test.run();
