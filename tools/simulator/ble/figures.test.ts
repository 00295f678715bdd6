// SPDX-License-Identifier: Apache-2.0

/**
 * What CPNS-1 over Bluetooth LE costs on the air, measured there, with bounds: PDUs that carry something, as
 * they lie between access address and CRC. Run it by itself to see the figures.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FRAGMENT_NUMBERS } from '../../../src/link/fragment.ts';
import { Fragmenter } from '../../../src/link/fragmenter.ts';
import { Reassembler } from '../../../src/link/reassembler.ts';
import type { Flight } from '../controller/air/flight.ts';
import { Scenario } from './scenario.testing.ts';

const test = suite('simulator/ble figures');
const WARM_UP = 20;
const MEASURED = 100;

interface Cost {
  readonly pdus: number;
  readonly bytes: number;
}

interface Figures {
  /** From the connection request to the first reading at the server. */
  readonly start: Cost;
  readonly startMs: number;
  /** One reading, its receipt, and what the link needs for both. */
  readonly reading: Cost;
}

async function measure(mtu: number, pneOctets: number): Promise<Figures> {
  const scenario = await Scenario.open({ mtu, pneOctets, speed: 1 });
  try {
    scenario.allow(1);
    await scenario.arrival();
    const { flights } = scenario;
    const begin = flights.findIndex(isConnectRequest);
    const startFlights = flights.slice(begin);
    const start = costOf(startFlights);
    const startMs = (startFlights.at(-1)!.time - startFlights[0]!.time) / 1000;
    scenario.allow(WARM_UP);
    await scenario.arrival();
    const before = flights.length;
    scenario.allow(MEASURED);
    await scenario.arrival();
    const all = costOf(flights.slice(before));
    return { start, startMs, reading: { pdus: all.pdus / MEASURED, bytes: all.bytes / MEASURED } };
  } finally {
    await scenario.close();
  }
}

function isConnectRequest({ direction, pdu }: Flight): boolean {
  return direction === 'advertising' && (pdu[0]! & 0x0f) === 5;
}

function costOf(flights: readonly Flight[]): Cost {
  const carrying = flights.filter(({ direction, pdu }) => direction !== 'advertising' && pdu.length > 2);
  return { pdus: carrying.length, bytes: carrying.reduce((sum, { pdu }) => sum + pdu.length, 0) };
}

for (const [mtu, pneOctets, mostStart, mostReading] of [
  [23, 27, 4500, 170],
  [247, 251, 4000, 120],
] as const) {
  test(`bytes and PDUs on the air at MTU ${mtu}`, async () => {
    const { start, startMs, reading } = await measure(mtu, pneOctets);
    console.log(
      `MTU ${mtu}: connection, pairing, handshakes and first reading ${start.bytes} bytes in ${start.pdus} PDUs, ` +
        `${Math.round(startMs)} ms of the air; a reading and its receipt ${reading.bytes.toFixed(1)} bytes in ` +
        `${reading.pdus.toFixed(2)} PDUs`,
    );
    assert.ok(start.bytes <= mostStart);
    assert.ok(reading.bytes <= mostReading);
  });
}

test('a reassembler holds one message whatever arrives', () => {
  const message = new Uint8Array(8192).fill(1);
  const held: number[] = [];
  const reassembler = new Reassembler(
    () => ({ cancel(): void {} }),
    () => undefined,
  );
  const fragmenter = new Fragmenter();
  for (let count = 0; count < FRAGMENT_NUMBERS / 512; count += 1) {
    fragmenter.push(message);
    reassembler.push(fragmenter.next(512)!);
    while (fragmenter.isPending) fragmenter.next(512);
    held.push(bytesHeldBy(reassembler));
  }
  assert.is(Math.max(...held), 8192);
  reassembler.close();
  assert.is(bytesHeldBy(reassembler), 0);
});

function bytesHeldBy(reassembler: Reassembler): number {
  const { partial } = reassembler as unknown as { partial?: { message: Uint8Array } };
  return partial?.message.length ?? 0;
}

test.run();
