// SPDX-License-Identifier: Apache-2.0

/** What a gateway asks for on CPNS-2: in records of a link that both ends have secured, until there is an answer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GatewayChannel } from '../link/gateway-channel.ts';
import type { ReasonName } from '../refusal.ts';
import { assertPasses, type Cpns2, joined, ROUTE } from './cpns-2.testing.ts';
import type { GatewayServices } from './gateway-services.ts';
import {
  decodeServiceRequest,
  encodeServiceAnswer,
  encodeServiceRequest,
  type ServiceAnswer,
  type ServiceRequest,
} from './service-message.ts';
import { releaseNetwork } from './service-wishes.ts';
import { Status } from './status.ts';

const test = suite('wishes of gateways');
const WISH = releaseNetwork(1);

/** A desk that answers each wish once it is told to, and to whom. */
class Desk implements GatewayServices {
  readonly names: string[] = [];
  readonly asked: ServiceRequest[] = [];
  send!: (answer: Uint8Array) => void;
  onRefused!: (reason: ReasonName) => void;

  serveGateway(...[name, send, onRefused]: Parameters<GatewayServices['serveGateway']>) {
    this.names.push(name);
    Object.assign(this, { send, onRefused });
    return (message: Uint8Array): void => void this.asked.push(decodeServiceRequest(message));
  }

  answer(serial = this.asked[this.asked.length - 1]!.serial): void {
    this.send(encodeServiceAnswer({ serial, status: Status.ok, results: [] }));
  }
}

function asking() {
  const desk = new Desk();
  const { net, gateway } = joined({ services: desk });
  const answers: (ServiceAnswer | undefined)[] = [];
  const ask = () => gateway.wishes.ask(WISH, (answer) => answers.push(answer));
  return { desk, net, gateway, answers, ask };
}

function pass(net: Cpns2, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    net.clock.pass(1000);
    net.settle();
  }
}

// The first test of a suite has less of XS's stack than those behind it.
test('a wish passes, and so does its answer, to the gateway that has proved itself', () => {
  const { desk, net, answers, ask } = asking();
  ask();
  net.settle();
  assert.equal([desk.names.length, desk.asked], [1, [{ ...WISH, serial: 1 }]]);
  desk.answer();
  net.settle();
  assert.equal([answers.length, answers[0]?.status, net.clock.running], [1, Status.ok, 0]);
});

test('it is asked by its name, and told of what is not done', () => {
  const { desk, net, gateway } = asking();
  desk.onRefused('notAuthorized');
  assert.equal(net.refusals, [{ reason: 'notAuthorized', gateway: desk.names[0] }]);
  assert.is(gateway.isOpen, true);
});

test('what is lost is asked again, and answered once', () => {
  const { desk, net, answers, ask } = asking();
  for (const lost of ['server', 'gateway'] as const) {
    ask();
    net.tap = (message, towards) => (towards === lost ? [] : [message]);
    net.settle();
    if (desk.asked.length > 0) desk.answer();
    net.settle();
    net.tap = (message) => [message];
    pass(net, 8);
    desk.answer();
    desk.answer();
    net.settle();
  }
  assert.equal(
    answers.map((answer) => answer?.serial),
    [1, 2],
  );
  assert.ok(desk.asked.length > 2);
});

test('a link that ends leaves it without an answer; the next one takes another', () => {
  const { desk, net, gateway, answers, ask } = asking();
  ask();
  assert.throws(ask, /queueFull/);
  net.settle();
  gateway.close();
  net.settle();
  assert.equal([answers, gateway.wishes.isReady], [[undefined], false]);
  // What is stored when it is gone is told to nobody.
  desk.answer();
  const again = net.join({ wishes: gateway.wishes });
  net.settle();
  again.wishes.ask(WISH, (answer) => answers.push(answer));
  net.settle();
  desk.answer();
  net.settle();
  assert.equal([desk.asked.map(({ serial }) => serial), answers[1]?.serial], [[1, 2], 2]);
});

test('who has not proved itself, or repeats what a gateway said, asks for nothing', () => {
  const { desk, net, gateway, ask } = asking();
  const records: Uint8Array[] = [];
  net.tap = (message, towards) => {
    if (towards === 'server') records.push(message);
    return [message];
  };
  ask();
  net.settle();
  const bare = encodeServiceRequest({ ...WISH, serial: 9 });
  for (const channel of [GatewayChannel.services, GatewayChannel.record])
    gateway.inject(Uint8Array.of(channel, ...bare), 'server');
  for (const record of records) gateway.inject(record, 'server');
  const changed = records[0]!.slice();
  changed[changed.length - 1]! ^= 1;
  gateway.inject(changed, 'server');
  net.settle();
  assert.is(desk.asked.length, 1);
  assert.equal(net.refusals.length, 4);
  assertPasses(net, gateway);
});

test('an answer to nothing that was asked is refused, and one to what is past changes nothing', () => {
  const { desk, net, gateway, answers, ask } = asking();
  desk.answer(1);
  net.settle();
  assert.equal(gateway.refusals, ['stateInvalid']);
  ask();
  net.settle();
  desk.answer();
  net.settle();
  ask();
  desk.answer(1);
  net.settle();
  assert.is(answers.length, 1);
});

test('a server that takes no wishes refuses them, and the gateway gives up', () => {
  const { net, gateway } = joined();
  const answers: unknown[] = [];
  gateway.wishes.ask(WISH, (answer) => answers.push(answer));
  // The server is heard all the while.
  for (let minute = 0; minute < 10; minute += 1) {
    net.routes[0]!.link!.send(ROUTE);
    pass(net, 60);
  }
  assert.equal([answers, gateway.isOpen, net.clock.running], [[undefined], true, 0]);
  assert.ok(net.refusals.every(({ reason }) => reason === 'messageInvalid'));
});

test('wishes pass while keys are renewed', () => {
  const desk = new Desk();
  const { net, gateway } = joined({ services: desk, own: { renewAfter: 64 } });
  const answers: unknown[] = [];
  for (let count = 0; count < 40; count += 1) {
    for (let each = 0; each < 5; each += 1) gateway.routes.link!.send(ROUTE);
    gateway.wishes.ask(WISH, (answer) => answers.push(answer?.status));
    net.settle();
    desk.answer();
    net.settle();
  }
  assert.ok(gateway.agreements.length >= 2);
  assert.equal([answers, net.refusals], [Array(40).fill(Status.ok), []]);
});

test.run();
