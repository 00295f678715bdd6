// SPDX-License-Identifier: Apache-2.0

import * as assert from 'uvu/assert';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { Arrival, Flight } from '../controller/air/flight.ts';
import { isData, linkOf, scenarioSuite, sorted } from './network.testing.ts';
import { numbersTo } from './scenario.testing.ts';

const { withScenario, run } = scenarioSuite('simulator/ble under attack');

/** Of the air. Longer than the supervision timeout. */
const OUTAGE_MICROSECONDS = 2_500_000;

withScenario(
  'a link that is lost anywhere, in a pairing, a handshake or a fragment, loses and doubles nothing',
  { mtu: 23 },
  async (scenario) => {
    // A pairing takes 100, what comes before a reading 60 to 80: where that fails again and again, the gateway waits.
    const counts = [20, 150, 30, 160, 40, 110, 50, 120, 60, 200];
    const outages = outagesAt(counts);
    scenario.radio.air.tap(outages.tap);
    let readings = 0;
    while (outages.count() < counts.length) {
      scenario.allow(10);
      readings += 10;
      await scenario.arrival();
    }
    assert.equal(sorted(scenario.received), numbersTo(readings));
    assert.ok(scenario.links >= 3);
  },
);

/** Silences all connections when so many data PDUs have passed since the last silence. */
function outagesAt(counts: readonly number[]) {
  let passed = 0;
  let done = 0;
  let until = 0;
  return {
    count: () => done,
    tap(flight: Flight): readonly Arrival[] | undefined {
      if (!isData(flight)) return undefined;
      if (flight.time < until) return [];
      passed += 1;
      if (passed !== counts[done]) return undefined;
      passed = 0;
      done += 1;
      until = flight.time + OUTAGE_MICROSECONDS;
      return [];
    },
  };
}

withScenario(
  'a bit that is flipped, or a PDU that is repeated, ends the link and loses and doubles nothing',
  {},
  async (scenario) => {
    const counts = [40, 30, 20, 10, 15, 25];
    const attacks = attacksAt(counts);
    scenario.allow(5);
    await scenario.arrival();
    scenario.radio.air.tap(attacks.tap);
    let readings = 5;
    while (attacks.count() < counts.length) {
      scenario.allow(10);
      readings += 10;
      await scenario.arrival();
    }
    assert.equal(sorted(scenario.received), numbersTo(readings));
  },
);

/** Changes the last byte of one data PDU, or sends it twice, each time so many have passed. */
function attacksAt(counts: readonly number[]) {
  let passed = 0;
  let done = 0;
  return {
    count: () => done,
    tap(flight: Flight): readonly Arrival[] | undefined {
      if (!isData(flight)) return undefined;
      passed += 1;
      if (passed !== counts[done]) return undefined;
      passed = 0;
      done += 1;
      const { pdu } = flight;
      if (done % 3 === 0) return [pdu, pdu].map((each, index) => ({ pdu: each, delay: index * 100 }));
      const flipped = pdu.slice();
      flipped[pdu.length - 1]! ^= 0x10;
      return [{ pdu: flipped, delay: 0 }];
    },
  };
}

withScenario(
  'where the link is broken altogether, its attacker forges no reading',
  { interfere: (link, attach) => broken(link, attach) },
  async (scenario) => {
    scenario.allow(60);
    await scenario.arrival();
    assert.equal(sorted(scenario.received), numbersTo(60));
  },
);

/** Whoever holds the link's keys repeats, alters and invents messages in both directions. */
function broken(link: Link, attach: (link: Link) => LinkEvents): LinkEvents {
  let former = new Uint8Array(0);
  let count = 0;
  const forged = (message: Uint8Array): Uint8Array[] => {
    count += 1;
    const flipped = message.slice();
    flipped[count % flipped.length]! ^= 1 << (count % 8);
    const invented = Uint8Array.from({ length: 1 + (count % 60) }, (_, index) => (index * count) & 0xff);
    const all = [flipped, former, invented].filter(({ length }) => length > 0);
    former = message.slice();
    return all;
  };
  const events = attach({
    ...linkOf(link),
    send(message) {
      link.send(message);
      for (const forgery of forged(message)) link.send(forgery);
    },
  });
  return {
    onMessage(message) {
      const genuine = message.slice();
      events.onMessage(genuine);
      for (const forgery of forged(genuine)) events.onMessage(forgery);
    },
    onClosed: () => events.onClosed(),
  };
}

run();
