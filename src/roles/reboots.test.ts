// SPDX-License-Identifier: Apache-2.0

/** A PNE that is restarted in the middle of its handshakes, on a line that never breaks. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isError } from '../handshake/error-message.ts';
import { halfOpenGraceMs } from '../handshake/retransmission.ts';
import { VirtualTime } from '../link/time.testing.ts';
import { createTestInitiator, createTestResponder, PNE_END } from './ends.testing.ts';

const test = suite('reboots');

const MANY = 'WebAssembly' in globalThis ? 200 : 20;
/** More than there are places. */
const FEW = 7;
const LATENCY_MS = 20;
/** Until message_1 was sent a third time, and the handshake has passed. */
const RECOVERY_MS = 1.5 * halfOpenGraceMs + 10 * LATENCY_MS;

test(`${MANY} boots, each cut when message_1 came`, () => {
  assertRecovers(MANY, 0, () => 1);
});

test(`${MANY} boots, cut at each message in turn`, () => {
  assertRecovers(MANY, 0, (count) => 1 + (count % 4));
});

for (const cut of [1, 2, 3, 4]) {
  for (const bootMs of [0, 2500]) {
    test(`${FEW} boots, each cut when message_${cut} came and ${bootMs} ms before the next`, () => {
      assertRecovers(FEW, bootMs, () => cut);
    });
  }
}

function assertRecovers(boots: number, bootMs: number, cutOf: (count: number) => number): void {
  const { clock, responder, boot } = createLine();
  for (let count = 0; count < boots; count += 1) {
    const { initiator, reached } = boot();
    for (let waited = 0; waited < RECOVERY_MS && reached() < cutOf(count); waited += LATENCY_MS) {
      clock.pass(LATENCY_MS);
    }
    initiator.stop();
    clock.pass(bootMs);
  }
  const { initiator } = boot();
  clock.pass(RECOVERY_MS);
  assert.is(initiator.agreements.length, 1);
  assert.is(responder.ids.size, 1);
  assert.is(clock.running, 0);
}

/** A line on which each message takes its time and none is lost. `reached` is the last message that came. */
function createLine() {
  const clock = new VirtualTime();
  let towardsPne: (message: Uint8Array) => void = () => undefined;
  const responder = createTestResponder(undefined, {
    clock,
    send: (message) => void clock.after(LATENCY_MS, () => towardsPne(message)),
  });

  function boot() {
    let reached = 0;
    const initiator = createTestInitiator(PNE_END, {
      clock,
      send(message): void {
        clock.after(LATENCY_MS, () => {
          reached = Math.max(reached, isError(message) ? 1 : 3);
          responder.receive(message);
        });
      },
    });
    towardsPne = (message) => {
      if (!isError(message)) reached = reached < 3 ? 2 : 4;
      initiator.receive(message);
    };
    return { initiator, reached: () => reached };
  }

  return { clock, responder, boot };
}

test.run();
