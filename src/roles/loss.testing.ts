// SPDX-License-Identifier: Apache-2.0

/** Test code: one message of a reading's and a content's whole way does not pass. */
import * as assert from 'uvu/assert';
import { createTestNetwork, type TestNetwork } from './network.testing.ts';
import { values } from './scenario.testing.ts';

/** Runs `act` in place of the `position`-th message on an interface, which is then lost. */
export function losing(
  network: TestNetwork,
  on: 'tap' | 'relay',
  position: number,
  act = (): void => {},
): void {
  let passed = 0;
  network[on] = (message: Uint8Array) => {
    passed += 1;
    if (passed !== position) return [message];
    act();
    return [];
  };
}

/** How many messages pass from the first one to the receipt of a reading and of a content. */
export function countMessages(on: 'tap' | 'relay'): number {
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

export function report(network: TestNetwork): void {
  network.pne.report('reading');
  network.server.deliver('pne-1', 'content');
}

export function assertOnce(network: TestNetwork, what: string): void {
  assert.equal(values(network), ['reading'], what);
  assert.equal(network.contents, ['content'], what);
  assert.ok(network.pne.idle, what);
}
