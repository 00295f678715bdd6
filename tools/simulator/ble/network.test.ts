// SPDX-License-Identifier: Apache-2.0

/** CPNS-1 over Bluetooth LE with the real firmware: what the air shows, and what its failures cost. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { Arrival, Flight } from '../controller/air/flight.ts';
import { numbersTo, Scenario, type ScenarioOptions } from './scenario.testing.ts';

const test = suite('simulator/ble');
/** Of the air. Longer than the supervision timeout. */
const OUTAGE_MICROSECONDS = 2_500_000;

function withScenario(
  name: string,
  options: ScenarioOptions,
  body: (scenario: Scenario) => Promise<void>,
): void {
  test(name, async () => {
    const scenario = await Scenario.open(options);
    try {
      await body(scenario);
    } finally {
      await scenario.close();
    }
  });
}

/** Payload of L2CAP in a data PDU: its header, and what follows. */
function contains({ pdu }: Flight, bytes: readonly number[]): boolean {
  return Buffer.from(pdu).includes(Buffer.from(bytes));
}

/** Readings may overtake each other when they are sent again. */
function sorted(received: readonly number[]): number[] {
  return [...received].sort((a, b) => a - b);
}

withScenario('a thousand readings arrive once each, and in order', {}, async (scenario) => {
  scenario.allow(1000);
  await scenario.arrival();
  assert.equal(scenario.received, numbersTo(1000));
  assert.is(scenario.links, 1);
  assert.is(scenario.passkeys, 1);
  assert.equal(
    scenario.agreements.map(({ name, linkKind }) => `${name} ${linkKind}`),
    ['CPNS-2 stream', 'CPNS-1 ble', 'CPNS-3 stream'],
  );
  assertDelegated(scenario);
});

/** CPNS-1 leaves all to the link, the others nothing. */
function assertDelegated({ agreements }: Scenario): void {
  const isBare = agreements.map(({ choice }) => choice.toResponder.recordAlgorithm === undefined);
  assert.equal(isBare, [false, true, false]);
}

let refusals = 0;
withScenario(
  'a bond with a gateway that has proved nothing is none: the two pair anew, and that bond lasts',
  {
    interfere(link, attach) {
      refusals += 1;
      if (refusals > 1) return attach(link);
      link.close();
      return { onMessage(): void {}, onClosed(): void {} };
    },
  },
  async (scenario) => {
    scenario.allow(5);
    await scenario.arrival();
    assert.is(scenario.passkeys, 2);
    await scenario.restartPne();
    scenario.allow(5);
    await scenario.arrival();
    assert.is(scenario.passkeys, 2);
  },
);

withScenario('readings pass at the smallest MTU', { mtu: 23 }, async (scenario) => {
  scenario.allow(50);
  await scenario.arrival();
  assert.equal(scenario.received, numbersTo(50));
  const longest = Math.max(...scenario.flights.filter(isData).map(({ pdu }) => pdu.length));
  // A header of 2 bytes, 27 of L2CAP with ATT, 4 of tag; the pairing's public key is longer.
  assert.ok(longest <= 2 + 69);
});

withScenario(
  'a board without a display is paired by Just Works where the gateway allows it, and CPNS-1 is left to the link',
  { ioCapabilities: 'none', demand: { authenticated: false } },
  async (scenario) => {
    scenario.allow(5);
    await scenario.arrival();
    assert.is(scenario.passkeys, 0);
    assert.is(scenario.links, 1);
    assertDelegated(scenario);
  },
);

withScenario(
  'a board without a display has no link with a gateway that excludes a man in the middle',
  { ioCapabilities: 'none' },
  async (scenario) => {
    await scenario.until(() => scenario.problems.length > 0, 'a problem');
    assert.is(scenario.links, 0);
    assert.match(scenario.problems[0]!, /AUTHENTICATION_REQUIREMENTS|hung up/);
  },
);

withScenario('readings pass at an odd MTU in between', { mtu: 101 }, async (scenario) => {
  scenario.allow(50);
  await scenario.arrival();
  assert.equal(scenario.received, numbersTo(50));
});

const messages: Uint8Array[] = [];

withScenario(
  'nothing of a message is readable on the air, where the pairing before it is',
  { interfere: (link, attach) => listening(link, attach) },
  async (scenario) => {
    scenario.allow(20);
    await scenario.arrival();
    const { flights } = scenario;
    // L2CAP with 7 bytes for SMP, a pairing request; 65, a public key.
    assert.ok(flights.some((flight) => contains(flight, [7, 0, 6, 0, 1])));
    assert.ok(flights.some((flight) => contains(flight, [65, 0, 6, 0, 0x0c])));
    assert.ok(messages.length > 20);
    for (const message of messages) {
      const part = [...message.subarray(0, 12)];
      assert.not.ok(flights.some((flight) => contains(flight, part)));
    }
  },
);

function listening(link: Link, attach: (link: Link) => LinkEvents): LinkEvents {
  const events = attach({
    ...linkOf(link),
    send(message) {
      messages.push(message.slice());
      link.send(message);
    },
  });
  return {
    onMessage(message) {
      messages.push(message.slice());
      events.onMessage(message);
    },
    onClosed: () => events.onClosed(),
  };
}

function linkOf(link: Link): Link {
  return {
    send: (message) => link.send(message),
    attestation: () => link.attestation(),
    close: () => link.close(),
  };
}

withScenario('a PNE that restarts uses its bond: nobody is asked again', {}, async (scenario) => {
  scenario.allow(10);
  await scenario.arrival();
  await scenario.restartPne();
  scenario.allow(10);
  await scenario.arrival();
  assert.equal(sorted(scenario.received), numbersTo(20));
  assert.is(scenario.passkeys, 1);
  assert.is(scenario.links, 2);
});

withScenario(
  'a wrong passkey pairs nobody, the right one does after it',
  wrongAtFirst(),
  async (scenario) => {
    scenario.allow(5);
    await scenario.arrival();
    assert.is(scenario.passkeys, 2);
    assert.is(scenario.links, 1);
  },
);

function wrongAtFirst(): ScenarioOptions {
  let times = 0;
  return {
    type(shown) {
      times += 1;
      return times === 1 ? (shown + 1) % 1_000_000 : shown;
    },
  };
}

withScenario(
  'a PNE that has lost its bond, or an impostor at its address, is not paired anew until its owner says so',
  {},
  async (scenario) => {
    scenario.allow(5);
    await scenario.arrival();
    await scenario.stopPne();
    await rm(join(scenario.pneFolder, 'ble'), { recursive: true });
    await scenario.restartPne();
    const isKeyMissing = (problem: string) => /PIN_OR_KEY_MISSING/.test(problem);
    await scenario.until(() => scenario.problems.some(isKeyMissing), 'a key that is missing');
    assert.is(scenario.passkeys, 1);
    assert.is(scenario.links, 1);
    scenario.radio.forget(scenario.pneFolder);
    scenario.allow(5);
    await scenario.arrival();
    assert.is(scenario.passkeys, 2);
    assert.equal(sorted(scenario.received), numbersTo(10));
  },
);

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

function isData({ direction, pdu }: Flight): boolean {
  return direction !== 'advertising' && pdu.length > 2;
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

test.run();
