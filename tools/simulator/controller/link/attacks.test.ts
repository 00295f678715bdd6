// SPDX-License-Identifier: Apache-2.0

/** What an attacker on the air can do to an encrypted connection: end it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Flight, Tap } from '../air/flight.ts';
import { alter, type Choice, drop, flip, isFull, nth, recorder, replay } from '../air/tap.ts';
import { ErrorCode } from '../errors.ts';
import { connectedHosts, encrypt, SECOND } from '../hand-host.testing.ts';
import { Event } from '../hci/packet.ts';
import { ControlOpcode } from './control-pdu.ts';
import { Llid } from './data-pdu.ts';

const test = suite('simulator/controller/attacks');

const payload = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff);
const SENT = [payload(3), payload(40), payload(1)];

interface Outcome {
  readonly received: readonly (readonly Uint8Array[])[];
  readonly reasons: readonly number[];
  readonly flights: readonly Flight[];
}

/** Two hosts encrypt and, if told that they have, send all of SENT, with this tap in the air from before. */
function attempt(tap: Tap): Outcome {
  const hosts = connectedHosts();
  const { air, central, peripheral } = hosts;
  air.tap(tap);
  const { tap: record, flights } = recorder();
  air.tap(record);
  encrypt(hosts);
  for (const host of [central, peripheral]) {
    if (host.events(Event.encryptionChange).length === 0) continue;
    for (const data of SENT) host.send(host.handle, data);
  }
  air.clock.run(10 * SECOND);
  return {
    received: [central.receivedEncrypted(), peripheral.receivedEncrypted()],
    reasons: [...central.disconnections, ...peripheral.disconnections],
    flights,
  };
}

/** What arrived has to be how what was sent begins, in each direction; the last of it may be in part. */
function expectNothingForged({ received }: Outcome, what: string): void {
  const sent = SENT.flatMap((data) => [...data]);
  for (const data of received.map((parts) => parts.flatMap((part) => [...part]))) {
    assert.equal(data, sent.slice(0, data.length), what);
  }
}

const undisturbed = attempt(() => undefined);
const full = undisturbed.flights.filter(isFull);
const FULL_PDUS = full.length;

test('undisturbed, everything arrives in more than ten PDUs', () => {
  assert.equal(undisturbed.received, [SENT, SENT]);
  assert.equal(undisturbed.reasons, []);
  assert.ok(FULL_PDUS > 10);
});

test('each flipped bit of each PDU is noticed or without effect', () => {
  let ended = 0;
  for (let n = 0; n < FULL_PDUS; n += 1) {
    for (let bit = 0; bit < full[n]!.pdu.length * 8; bit += 1) {
      const outcome = attempt(flip(nth(n, isFull), bit));
      expectNothingForged(outcome, `bit ${bit} of PDU ${n}`);
      if (outcome.reasons.includes(ErrorCode.micFailure)) ended += 1;
    }
  }
  assert.ok(ended > 1000);
});

test('each flipped bit of an encrypted payload ends the connection with a MIC failure', () => {
  const isData: Choice = (flight) => isFull(flight) && (flight.pdu[0]! & 3) !== Llid.control;
  const length = full.find(isData)!.pdu.length;
  for (let bit = 16; bit < length * 8; bit += 1) {
    const { reasons } = attempt(flip(nth(0, isData), bit));
    assert.ok(reasons.includes(ErrorCode.micFailure), `bit ${bit}`);
    assert.ok(reasons.includes(ErrorCode.connectionTimeout), `bit ${bit}`);
  }
});

test('the control: without encryption a flipped bit arrives', () => {
  const { air, central, peripheral } = connectedHosts();
  air.tap(flip(nth(0, isFull), 16));
  central.send(central.handle, Uint8Array.of(2, 3));
  air.clock.run(SECOND);
  assert.equal(peripheral.received(), [Uint8Array.of(3, 3)]);
});

test('each PDU replayed, soon or late, arrives once or ends the connection', () => {
  const outcomes = new Set<number>();
  for (let n = 0; n < FULL_PDUS; n += 1) {
    for (const events of [0.1, 1, 2, 3, 7, 20, 33]) {
      const outcome = attempt(replay(nth(n, isFull), events * 30_000));
      expectNothingForged(outcome, `PDU ${n}, ${events} events later`);
      for (const reason of outcome.reasons) outcomes.add(reason);
    }
  }
  assert.ok(outcomes.has(ErrorCode.micFailure));
});

test('each PDU dropped once is sent again', () => {
  for (let n = 0; n < FULL_PDUS; n += 1) {
    const outcome = attempt(drop(nth(n, isFull)));
    assert.equal(outcome.received, [SENT, SENT], `PDU ${n}`);
    assert.equal(outcome.reasons, []);
  }
});

/** Puts a PDU of the attacker's in the place of an empty one, which acknowledges as the empty one did. */
function inPlaceOfEmpty(choice: Choice, llid: number, bytes: Uint8Array): Tap {
  const isEmpty: Choice = (flight) => flight.pdu.length === 2 && choice(flight);
  return alter(nth(0, isEmpty), (pdu) => Uint8Array.of((pdu[0]! & ~3) | llid, bytes.length, ...bytes));
}

for (const direction of ['toPeripheral', 'toCentral'] as const) {
  for (const [what, llid, bytes] of [
    ['data', Llid.start, payload(12)],
    ['a request to end', Llid.control, Uint8Array.of(ControlOpcode.terminateInd, 0x13)],
    ['a request to pause encryption', Llid.control, Uint8Array.of(ControlOpcode.pauseEncReq)],
  ] as const) {
    test(`${what} that is not encrypted is not taken ${direction} from an encrypted connection`, () => {
      const hosts = connectedHosts();
      encrypt(hosts);
      hosts.air.tap(inPlaceOfEmpty((flight) => flight.direction === direction, llid, bytes));
      hosts.air.clock.run(5 * SECOND);
      const [victim, other] =
        direction === 'toCentral' ? [hosts.central, hosts.peripheral] : [hosts.peripheral, hosts.central];
      assert.equal(victim.received(), []);
      assert.equal(victim.disconnections, [ErrorCode.micFailure]);
      assert.equal(other.disconnections, [ErrorCode.connectionTimeout]);
    });
  }
}

test('what is slipped in while encryption starts, and is not encrypted, ends the connection', () => {
  let noticed = 0;
  for (let n = 0; n < 12; n += 1) {
    const isEmpty: Choice = (flight) => flight.pdu.length === 2 && flight.direction === 'toPeripheral';
    const slip = alter(nth(n, isEmpty), (pdu) => Uint8Array.of((pdu[0]! & ~3) | Llid.start, 1, 9));
    const hosts = connectedHosts();
    let isAsked = false;
    hosts.air.tap((flight) => {
      isAsked ||= flight.pdu[2] === ControlOpcode.encReq && flight.direction === 'toPeripheral';
      return isAsked ? slip(flight) : undefined;
    });
    encrypt(hosts);
    hosts.air.clock.run(5 * SECOND);
    assert.equal(hosts.peripheral.received(), [], `empty PDU ${n}`);
    if (hosts.peripheral.disconnections.includes(ErrorCode.micFailure)) noticed += 1;
  }
  assert.ok(noticed > 0);
});

test('an attacker who answers in the place of the peripheral does not start encryption', () => {
  for (const opcode of [ControlOpcode.startEncReq, ControlOpcode.startEncRsp]) {
    const hosts = connectedHosts();
    hosts.air.tap(
      inPlaceOfEmpty(({ direction }) => direction === 'toCentral', Llid.control, Uint8Array.of(opcode)),
    );
    hosts.air.clock.run(5 * SECOND);
    assert.equal(hosts.central.events(Event.encryptionChange), []);
    assert.equal(hosts.central.disconnections, []);
  }
});

test.run();
