// SPDX-License-Identifier: Apache-2.0

/** Every single message refused by its link, or lost together with it: what was reported arrives once. */
import { suite } from 'uvu';
import { refuse } from '../refusal.ts';
import { assertOnce, countMessages, losing, report } from './loss.testing.ts';
import { createTestNetwork } from './network.testing.ts';
import { recover } from './scenario.testing.ts';

const test = suite('link failure');

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
