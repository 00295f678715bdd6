// SPDX-License-Identifier: Apache-2.0

/** Every single message lost: what was reported arrives once. */
import { suite } from 'uvu';
import { assertOnce, countMessages, losing, report } from './loss.testing.ts';
import { createTestNetwork } from './network.testing.ts';
import { recover } from './scenario.testing.ts';

const test = suite('loss');

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

test.run();
