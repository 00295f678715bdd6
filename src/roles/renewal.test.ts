// SPDX-License-Identifier: Apache-2.0

/** Keys that near their limit are renewed while they still serve. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ImplementationLimits } from '../limits.ts';
import { agreedOn, deliver, holdHandshake, INTERFACES, refusedAt, takeOne } from './attacker.testing.ts';
import type { TestNetwork } from './network.testing.ts';
import { connectedWith, passAll, recover, upTo, values } from './scenario.testing.ts';

const test = suite('renewal');

/** The first block of numbers may be used up: renewal is due with the second. */
const RENEW_AFTER = ImplementationLimits.sequenceBlockSize;
const EARLY = { pne: { renewAfter: RENEW_AFTER } };

function reportAll(network: TestNetwork, from: number, to: number): void {
  for (let value = from; value < to; value += 1) {
    network.pne.report(value);
    network.settle();
  }
}

for (const name of INTERFACES) {
  test(`${name}: new keys are made before the old are used up, and nothing is refused`, () => {
    const network = connectedWith(name, EARLY);
    reportAll(network, 0, 3 * RENEW_AFTER);
    assert.equal(values(network), upTo(3 * RENEW_AFTER));
    assert.ok(agreedOn(network, name).length >= 6, `${agreedOn(network, name)}`);
    assert.equal(network.refusals, []);
    assert.ok(network.pne.idle);
  });

  test(`${name}: readings go on under the old keys while new ones are agreed on`, () => {
    const network = connectedWith(name, EARLY);
    const held = holdHandshake(network, name);
    reportAll(network, 0, RENEW_AFTER + 20);
    assert.equal(values(network), upTo(RENEW_AFTER + 20));
    assert.is(agreedOn(network, name).length, 2);
    for (let step = 1; step <= 4; step += 1) deliver(network, name, takeOne(held));
    assert.is(agreedOn(network, name).length, 4);
    passAll(network);
    reportAll(network, RENEW_AFTER + 20, RENEW_AFTER + 40);
    recover(network, 1);
    assert.equal(values(network), upTo(RENEW_AFTER + 40));
  });

  for (const delivered of [0, 1, 2, 3]) {
    test(`${name}: the link lost after ${delivered} messages of a renewal costs no reading`, () => {
      const network = connectedWith(name, EARLY);
      const held = holdHandshake(network, name);
      reportAll(network, 0, RENEW_AFTER + 5);
      for (let step = 1; step <= delivered; step += 1) deliver(network, name, takeOne(held));
      network.pne.report(RENEW_AFTER + 5);
      network.linkDown();
      passAll(network);
      recover(network);
      assert.equal(values(network), upTo(RENEW_AFTER + 6));
      assert.ok(network.pne.idle);
      assert.equal(
        refusedAt(network, 'pne').filter((reason) => reason === 'keyLimitReached'),
        [],
      );
    });
  }
}

test.run();
