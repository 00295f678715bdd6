// SPDX-License-Identifier: Apache-2.0

/**
 * Taps: what listens to the air and may change what arrives. `air.tap(tap)` adds one. A PDU that a tap has
 * changed arrives with a correct CRC: the attacker knows how to make one.
 */
import type { Random } from './air.ts';
import type { Flight, Tap } from './flight.ts';

/** Whether a tap is to act on this PDU. */
export type Choice = (flight: Flight) => boolean;

/** A tap that only keeps what it saw, at most `limit` PDUs, in `flights`. */
export function recorder(limit = 1_000_000): { readonly tap: Tap; readonly flights: readonly Flight[] } {
  const flights: Flight[] = [];
  return {
    flights,
    tap(flight) {
      if (flights.length < limit) flights.push(flight);
      return undefined;
    },
  };
}

/** Drops what is chosen. */
export function drop(choice: Choice): Tap {
  return (flight) => (choice(flight) ? [] : undefined);
}

/** Drops this share of all PDUs of connections, between 0 and 1, by an injected generator. */
export function lose(share: number, random: Random): Tap {
  return drop((flight) => isOfConnection(flight) && random(1)[0]! < share * 256);
}

/** Changes the bytes of what is chosen. */
export function alter(choice: Choice, change: (pdu: Uint8Array) => Uint8Array): Tap {
  return (flight) => (choice(flight) ? [{ pdu: change(flight.pdu), delay: 0 }] : undefined);
}

/** Flips one bit, counted from the least significant of the first octet, of what is chosen. */
export function flip(choice: Choice, bit: number): Tap {
  return alter(choice, (pdu) => {
    const changed = pdu.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    return changed;
  });
}

/** Lets what is chosen arrive so many microseconds late. */
export function delay(choice: Choice, microseconds: number): Tap {
  return (flight) => (choice(flight) ? [{ pdu: flight.pdu, delay: microseconds }] : undefined);
}

/** Lets what is chosen arrive, and arrive again so many microseconds later. */
export function replay(choice: Choice, microseconds: number): Tap {
  return (flight) =>
    choice(flight)
      ? [
          { pdu: flight.pdu, delay: 0 },
          { pdu: flight.pdu, delay: microseconds },
        ]
      : undefined;
}

/** Chooses the nth of what `among` chooses, from 0, once. */
export function nth(n: number, among: Choice): Choice {
  let seen = 0;
  return (flight) => {
    if (!among(flight)) return false;
    seen += 1;
    return seen === n + 1;
  };
}

/** Whether a PDU is of a connection and carries something. Empty ones only acknowledge. */
export function isFull(flight: Flight): boolean {
  return isOfConnection(flight) && flight.pdu.length > 2;
}

export function isOfConnection(flight: Flight): boolean {
  return flight.direction !== 'advertising';
}
