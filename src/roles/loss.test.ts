// SPDX-License-Identifier: Apache-2.0

/** Every single message lost, refused by its link or lost together with it: what was reported arrives once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuse } from '../refusal.ts';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { recover, values } from './scenario.testing.ts';

const test = suite('loss');

/** Runs `act` in place of the `position`-th message on an interface, which is then lost. */
function losing(network: TestNetwork, on: 'tap' | 'relay', position: number, act = (): void => {}): void {
  let passed = 0;
  network[on] = (message: Uint8Array) => {
    passed += 1;
    if (passed !== position) return [message];
    act();
    return [];
  };
}

/** How many messages pass from the first one to the receipt of a reading and of a content. */
function countMessages(on: 'tap' | 'relay'): number {
  const network = createTestNetwork();
  let passed = 0;
  network[on] = (message: Uint8Array) => {
    passed += 1;
    return [message];
  };
  report(network);
  network.linkUp();
  network.settle();
  return passed;
}

function report(network: TestNetwork): void {
  network.pne.report('reading');
  network.server.deliver('pne-1', 'content');
}

function assertOnce(network: TestNetwork, what: string): void {
  assert.equal(values(network), ['reading'], what);
  assert.equal(network.contents, ['content'], what);
  assert.ok(network.pne.idle, what);
}

for (const [on, name] of [
  ['tap', 'CPNS-1'],
  ['relay', 'CPNS-2'],
] as const) {
  const messages = countMessages(on);

  test(`any one of the ${messages} messages on ${name} lost`, () => {
    for (let position = 1; position <= messages; position += 1) {
      const network = createTestNetwork();
      losing(network, on, position);
      report(network);
      recover(network);
      assertOnce(network, `message ${position}`);
    }
  });
}

for (const [on, name] of [
  ['tap', 'CPNS-1'],
  ['relay', 'CPNS-2'],
] as const) {
  test(`any one message that the link of ${name} refuses to send`, () => {
    const messages = countMessages(on);
    for (let position = 1; position <= messages; position += 1) {
      const network = createTestNetwork();
      losing(network, on, position, () => refuse('queueFull'));
      report(network);
      recover(network);
      assertOnce(network, `message ${position}`);
    }
  });
}

test('the link lost at any message of the way', () => {
  const messages = countMessages('tap');
  for (let position = 1; position <= messages; position += 1) {
    const network = createTestNetwork();
    losing(network, 'tap', position, () => network.linkDown());
    report(network);
    recover(network);
    assertOnce(network, `message ${position}`);
  }
});

test.run();
