// SPDX-License-Identifier: Apache-2.0

/** A gateway registers users with its server, on CPNS-2. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Cpns2 } from './cpns-2.testing.ts';
import type { Registration } from './gateway-control.ts';
import { GatewayRegistrations } from './gateway-registrations.ts';
import { Status, type StatusCode } from './status.ts';

const test = suite('gateway registrations');
const ANNA: Registration = Object.freeze({ pneId: 'pne-1', user: 'anna', proof: new Uint8Array(16) });
const BOB: Registration = Object.freeze({ pneId: 'pne-2', user: 'bob', proof: new Uint8Array(16).fill(1) });

type Answer = (status: StatusCode) => void;

/** A server that answers as the test says, and a gateway. */
function network(answers: (of: Registration, answer: Answer) => void) {
  const asked: (readonly [gateway: string, pneId: string, user: string])[] = [];
  const triggered: string[] = [];
  const settled: (readonly [pneId: string, status: number])[] = [];
  const net = new Cpns2({
    onRegistration(gateway, registration, answer): void {
      asked.push([gateway, registration.pneId, registration.user]);
      answers(registration, answer);
    },
  });
  const registrations = new GatewayRegistrations({
    after: net.clock.after,
    random: () => 0,
    trigger: (pneId, user) => void triggered.push(`${pneId} ${user}`),
    onSettled: ({ pneId }, status) => void settled.push([pneId, status]),
  });
  const pass = (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 1000) {
      net.clock.pass(1000);
      net.settle();
    }
  };
  return { net, registrations, asked, triggered, settled, pass };
}

test('it is said by a gateway that has proved who it is, and its PNE is told until the server is done', () => {
  let status: StatusCode = Status.userRegistered;
  const { net, registrations, asked, triggered, settled, pass } = network((_of, answer) => answer(status));
  registrations.set([ANNA]);
  net.join({ registrations });
  net.settle();
  assert.equal(asked, [['gateway', 'pne-1', 'anna']]);
  assert.equal([triggered, settled], [['pne-1 anna'], []]);
  pass(6000);
  assert.is(triggered.length, 2);
  status = Status.ok;
  pass(6000);
  assert.equal(settled, [['pne-1', Status.ok]]);
  const { length } = asked;
  pass(120_000);
  assert.is(asked.length, length);
});

test('a refusal is the end of it, a server that is busy is not', () => {
  let status: StatusCode = Status.busy;
  const { net, registrations, triggered, settled, pass } = network((_of, answer) => answer(status));
  net.join({ registrations });
  net.settle();
  registrations.set([ANNA]);
  net.settle();
  pass(6000);
  assert.equal([triggered, settled], [[], []]);
  status = Status.userTries;
  pass(10_000);
  assert.equal([triggered, settled], [[], [['pne-1', Status.userTries]]]);
});

test('a server takes one at a time, and both in the end; a link that ends takes the waiting with it', () => {
  const open: Answer[] = [];
  const { net, registrations, asked, settled, pass } = network((_of, answer) => void open.push(answer));
  registrations.set([ANNA, BOB]);
  const gateway = net.join({ registrations });
  net.settle();
  assert.is(asked.length, 1);
  assert.equal(net.refusals, [{ reason: 'queueFull', gateway: 'gateway' }]);
  open.pop()!(Status.ok);
  net.settle();
  pass(6000);
  open.pop()!(Status.ok);
  net.settle();
  assert.equal(settled.map(([pneId]) => pneId).sort(), ['pne-1', 'pne-2']);
  registrations.set([ANNA]);
  net.settle();
  gateway.close();
  net.settle();
  const { length } = asked;
  pass(60_000);
  assert.is(asked.length, length);
  net.join({ registrations });
  net.settle();
  assert.is(asked.length, length + 1);
});

test('what is not to be registered any more is not said again', () => {
  const { net, registrations, asked, pass } = network((_of, answer) => answer(Status.busy));
  net.join({ registrations });
  net.settle();
  registrations.set([ANNA]);
  registrations.set([{ ...ANNA, proof: BOB.proof }]);
  net.settle();
  registrations.set([]);
  const { length } = asked;
  pass(60_000);
  assert.is(asked.length, length);
});

test('a server without users takes none', () => {
  const net = new Cpns2();
  const registrations = new GatewayRegistrations({
    after: net.clock.after,
    random: () => 0,
    trigger: () => assert.unreachable(),
    onSettled: () => assert.unreachable(),
  });
  registrations.set([ANNA]);
  net.join({ registrations });
  net.settle();
  assert.equal(net.refusals, [{ reason: 'messageInvalid', gateway: 'gateway' }]);
});

test.run();
