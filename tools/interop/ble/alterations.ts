// SPDX-License-Identifier: Apache-2.0

/**
 * What an attacker on the air may change while two hosts pair: nothing of it may end in a pairing. Each
 * changes one PDU of the Security Manager (Core Specification Vol 3 Part H 3.5).
 */
import type { Tap } from '../../simulator/controller/air/flight.ts';
import { alter, type Choice } from '../../simulator/controller/air/tap.ts';

export interface Alteration {
  readonly name: string;
  tap(): Tap;
}

const Opcode = Object.freeze({
  pairingRequest: 1,
  pairingResponse: 2,
  confirm: 3,
  random: 4,
  publicKey: 12,
  dhKeyCheck: 13,
});

/** Headers of the link layer and of L2CAP, and the channel of the Security Manager. */
const HEADERS = 6;
const CHANNEL = 6;
const NO_INPUT_NO_OUTPUT = 3;

export const ALTERATIONS: readonly Alteration[] = Object.freeze([
  set("the central's input and output are gone", Opcode.pairingRequest, 1, () => NO_INPUT_NO_OUTPUT),
  set("the peripheral's input and output are gone", Opcode.pairingResponse, 1, () => NO_INPUT_NO_OUTPUT),
  ...(['toPeripheral', 'toCentral'] as const).flatMap((direction) => [
    flipped('public key', Opcode.publicKey, direction),
    flipped('random number', Opcode.random, direction),
    flipped('DHKey check', Opcode.dhKeyCheck, direction),
  ]),
  flipped('confirmation', Opcode.confirm, 'toCentral'),
  { name: "the peripheral's public key is the central's own", tap: reflectPublicKey },
]);

function flipped(name: string, opcode: number, direction: 'toPeripheral' | 'toCentral'): Alteration {
  const choice: Choice = (flight) => flight.direction === direction && isOf(opcode, flight.pdu);
  return {
    name: `a bit of the ${name} ${direction === 'toCentral' ? 'to the central' : 'to the peripheral'}`,
    tap: () => alter(choice, (pdu) => changed(pdu, 1, (octet) => octet ^ 1)),
  };
}

function set(name: string, opcode: number, at: number, change: (octet: number) => number): Alteration {
  return {
    name,
    tap: () =>
      alter(
        ({ pdu }) => isOf(opcode, pdu),
        (pdu) => changed(pdu, at, change),
      ),
  };
}

function reflectPublicKey(): Tap {
  let ours: Uint8Array | undefined;
  return (flight) => {
    if (!isOf(Opcode.publicKey, flight.pdu)) return undefined;
    if (flight.direction === 'toPeripheral') ours = flight.pdu;
    if (flight.direction !== 'toCentral' || ours === undefined) return undefined;
    // The acknowledgement stays the peripheral's.
    return [{ pdu: Uint8Array.of(flight.pdu[0]!, ...ours.subarray(1)), delay: 0 }];
  };
}

function changed(pdu: Uint8Array, at: number, change: (octet: number) => number): Uint8Array {
  const bytes = pdu.slice();
  bytes[HEADERS + at] = change(bytes[HEADERS + at]!);
  return bytes;
}

/** Whether it is the whole of such a PDU, which it is where data is long enough. */
function isOf(opcode: number, pdu: Uint8Array): boolean {
  return pdu[4] === CHANNEL && pdu[5] === 0 && pdu[HEADERS] === opcode;
}
