// SPDX-License-Identifier: Apache-2.0

/** CPNS-1 over Bluetooth LE with the real firmware: pairing, bonds, MTUs, and what the air shows. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import type { Flight } from '../controller/air/flight.ts';
import { assertDelegated, isData, linkOf, scenarioSuite, sorted } from './network.testing.ts';
import { numbersTo, type ScenarioOptions } from './scenario.testing.ts';

const { withScenario, run } = scenarioSuite('simulator/ble');

/** Payload of L2CAP in a data PDU: its header, and what follows. */
function contains({ pdu }: Flight, bytes: readonly number[]): boolean {
  return Buffer.from(pdu).includes(Buffer.from(bytes));
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

run();
