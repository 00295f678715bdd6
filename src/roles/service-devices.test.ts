// SPDX-License-Identifier: Apache-2.0

/** What PNEs are told of the devices of a PN, by their grants. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFlat } from '../cbor/flat.ts';
import type { ServiceAnswer, ServiceResult } from './service-message.ts';
import {
  capabilitiesIn,
  describeDevice,
  devicesIn,
  groupsIn,
  listDevices,
  networksIn,
  referenceIn,
} from './service-wishes.ts';
import { type Right, ServiceNetwork } from './services.testing.ts';
import { Status } from './status.ts';

const test = suite('service devices');
const HOME = 1;
const TWO = Object.freeze(['pne-1', 'pne-2']);

function withHome(rights: Readonly<Record<string, readonly Right[]>>, members = TWO): ServiceNetwork {
  const network = new ServiceNetwork(rights, { devices: TWO });
  network.keys.create({ kind: 'pn', name: 'home', members: [...members] });
  network.settle();
  return network;
}

// The first test of a suite has less of XS's stack than those behind it: it asks nobody.
test('an answer that holds something else is refused, of whichever wish', () => {
  const text = encodeFlat(['x']);
  const answers: ServiceResult[][] = [
    [],
    [text],
    [0, text],
    [0, encodeFlat(['x', 2])],
    [0, encodeFlat(['x', 0, 0])],
    [0, 0],
    [2, text, text],
    [1, encodeFlat([1]), text],
    [1, text, text, text],
    [0, encodeFlat([2, 16, 0, 'a', 'b'])],
    [0, encodeFlat([2, 0, 1025, 'a', 'b'])],
    [0, encodeFlat([2, 0, 0, 'a'])],
    [0, Uint8Array.of(0xff)],
  ];
  const readers: ((answer: ServiceAnswer) => unknown)[] = [
    capabilitiesIn,
    devicesIn,
    groupsIn,
    networksIn,
    referenceIn,
  ];
  for (const results of answers)
    for (const read of readers) {
      let refused = '';
      try {
        read({ serial: 1, status: 0, results });
      } catch (error) {
        refused = (error as Error).constructor.name;
      }
      assert.is(refused, 'Refusal', `${read.name} of ${results.join(' ')}`);
    }
});

test('who has no grant is told neither which there are nor what they can do', () => {
  const network = new ServiceNetwork({}, { devices: ['pne-1'] });
  network.keys.create({ kind: 'pn', name: 'home', members: ['pne-1'] });
  network.settle();
  for (const wish of [listDevices(HOME), describeDevice(HOME, 'pne-1')])
    assert.is(network.answer('pne-1', wish).status, Status.notAuthorized);
});

test('each is granted by itself, for one PN or for every one', () => {
  const network = withHome({ 'pne-1': [['devices-read', 1]], 'pne-2': ['devices-capabilities'] });
  network.keys.create({ kind: 'pn', name: 'office', members: ['pne-2'] });
  network.settle();
  const statuses = (id: string) =>
    [listDevices(HOME), listDevices(3), describeDevice(HOME, 'pne-1'), describeDevice(3, 'pne-2')].map(
      (wish) => network.answer(id, wish).status,
    );
  const [yes, no] = [Status.ok, Status.notAuthorized];
  assert.equal(
    [statuses('pne-1'), statuses('pne-2')],
    [
      [yes, no, no, no],
      [no, no, yes, yes],
    ],
  );
});

test('a list has every member once, over as many answers as it takes, and who is there', () => {
  const absent = Array.from({ length: 45 }, (_, at) => `device-${at}`);
  const network = withHome({ 'pne-1': ['devices-read'] }, [...TWO, ...absent]);
  const found: ReturnType<typeof devicesIn>['entries'][number][] = [];
  let answers = 0;
  for (let more = 1; more !== 0; answers++) {
    const page = devicesIn(network.answer('pne-1', listDevices(HOME, found[found.length - 1]?.pneId)));
    found.push(...page.entries);
    more = page.next;
  }
  assert.ok(answers > 2, `${answers}`);
  assert.equal(
    found.map(({ pneId }) => pneId),
    [...TWO, ...absent].sort(),
  );
  assert.equal(
    found.filter(({ isHere }) => isHere).map(({ pneId }) => pneId),
    [...TWO],
  );
});

test('what a device can do is what it has told, and what its groups are for', () => {
  const network = withHome({ 'pne-1': ['devices-capabilities'] });
  for (const service of ['lighting', 'lighting', ''])
    network.keys.create({ kind: 'service', name: `for ${service}`, service, members: ['pne-2'] });
  network.device('pne-2').pne.report({ temperature: 21.5, motion: true });
  network.pass(60_000);
  const answer = network.answer('pne-1', describeDevice(HOME, 'pne-2'));
  assert.equal(capabilitiesIn(answer), {
    isHere: true,
    fields: ['temperature', 'motion'],
    services: ['lighting'],
  });
  network.gateways.get('gateway')!.server.onClosed();
  network.rejoin('gateway');
  network.connect('pne-1');
  network.settle();
  assert.is(capabilitiesIn(network.answer('pne-1', describeDevice(HOME, 'pne-2'))).isHere, false);
});

test('of a PN or device that there is not nothing is told but that', () => {
  const network = withHome({ 'pne-1': ['devices-read', 'devices-capabilities'] }, ['pne-1']);
  network.keys.create({ kind: 'service', name: 'no PN', members: ['pne-1'] });
  network.settle();
  const status = (...of: Parameters<typeof network.answer>) => network.answer(...of).status;
  assert.is(status('pne-1', listDevices(3)), Status.groupUnknown);
  assert.is(status('pne-1', listDevices(2)), Status.groupUnknown);
  assert.is(status('pne-1', describeDevice(3, 'pne-1')), Status.groupUnknown);
  assert.is(status('pne-1', describeDevice(HOME, 'pne-2')), Status.entityUnknown);
  assert.is(status('pne-1', { ...listDevices(HOME), texts: ['a', 'b'] }), Status.badRequest);
});

test.run();
