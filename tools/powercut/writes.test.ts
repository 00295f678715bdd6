// SPDX-License-Identifier: Apache-2.0

/** How often a device writes: never for a message, and a few times for what it has to keep. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CutMedium } from './cut-medium.ts';
import { GroupNetwork } from './group-network.ts';
import { CutNetwork } from './network.ts';

const HOUR_S = 3600;
const LIGHTS = 2;

/** Writes and removals that it takes. */
function countOf(medium: CutMedium, act: () => void): readonly [writes: number, removals: number] {
  const before = medium.changes.length;
  act();
  const made = medium.changes.slice(before);
  const writes = made.filter(({ value }) => value !== undefined).length;
  return [writes, made.length - writes];
}

test('a device that is on writes nothing, at a message a second', () => {
  const medium = new CutMedium();
  const network = new CutNetwork(medium, 1);
  network.pass(1000);
  network.device.start();
  network.settle();
  medium.begin();
  const delivered = network.witness.delivered;
  const count = countOf(medium, () => {
    for (let second = 0; second < HOUR_S; second++) {
      network.device.report();
      if (second % 60 === 0) network.server.deliver(network.device.pneId);
      network.pass(1000);
    }
    network.settle();
  });
  assert.is(network.witness.delivered - delivered, HOUR_S);
  assert.equal(count, [0, 0]);
});

test('a boot takes one write, and a handshake two and a removal', () => {
  const medium = new CutMedium();
  const network = new CutNetwork(medium, 1);
  network.pass(1000);
  medium.begin();
  const start = () => {
    network.device.start();
    network.settle();
  };
  // Nothing is there to remove at first. Each interface has a handshake.
  assert.equal(countOf(medium, start), [1 + 2 * 2, 0]);
  assert.equal(
    countOf(medium, () => network.restart()),
    [1 + 2 * 2, 2],
  );
  // Another link has another handshake on CPNS-1 alone.
  assert.equal(
    countOf(medium, () => {
      network.device.roam(true);
      network.settle();
    }),
    [2, 1],
  );
});

test('a key of a group takes two writes, a further one a removal too, and its end a write and a removal', () => {
  const medium = new CutMedium();
  const network = new GroupNetwork(medium, 1);
  network.keys.create({ kind: 'service', name: 'lights', members: ['pne-2'] });
  network.settle();
  medium.begin();
  const count = (act: () => void) =>
    countOf(medium, () => {
      act();
      network.settle();
    });
  assert.equal(
    count(() => network.own.join(LIGHTS)),
    [2, 0],
  );
  assert.equal(
    count(() => network.keys.rekey(LIGHTS)),
    [2, 1],
  );
  assert.equal(
    count(() => network.own.publish(LIGHTS, 'on')),
    [0, 0],
  );
  assert.equal(
    count(() => network.own.leave(LIGHTS)),
    [1, 1],
  );
  network.own.join(LIGHTS);
  network.settle();
  // Of the group's key and of the user key.
  assert.equal(
    count(() => network.keys.revoke('pne-1')),
    [2, 2],
  );
});

test.run();
