// SPDX-License-Identifier: Apache-2.0

/**
 * The medium that controllers share. What is sent arrives when its last bit would, unless a tap has it
 * otherwise. There is one channel for advertising, heard by all, and one for each connection, named by its
 * access address. A PDU here is what lies between access address and CRC; a damaged one does not arrive.
 */
import { AirClock } from './clock.ts';
import type { Arrival, Direction, Flight, Tap } from './flight.ts';

/** Bytes from a generator that whoever makes the air chooses. */
export type Random = (length: number) => Uint8Array;

/** Hears the advertising channel. */
export interface Radio {
  hear(pdu: Uint8Array): void;
}

/** Hears one direction of one connection. */
export type Ear = (pdu: Uint8Array) => void;

export const ADVERTISING_ACCESS_ADDRESS = 0x8e89bed6;
/** Microseconds between two packets (T_IFS). */
export const INTER_FRAME_SPACE = 150;

/** A gateway with as many PNEs as it may have, and room for attackers. */
const MAX_RADIOS = 128;
/** Preamble, access address and CRC, in octets. */
const FRAME_OCTETS = 8;
const MICROSECONDS_PER_OCTET = 8;

export class Air {
  readonly clock = new AirClock();
  readonly random: Random;
  private readonly radios = new Set<Radio>();
  private readonly ears = new Map<string, Ear>();
  private readonly taps: Tap[] = [];
  private flights = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** Throws a RangeError where the air is full. */
  attach(radio: Radio): void {
    if (this.radios.size >= MAX_RADIOS) throw new RangeError(`the air holds ${MAX_RADIOS} controllers`);
    this.radios.add(radio);
  }

  detach(radio: Radio): void {
    this.radios.delete(radio);
  }

  /** Has `ear` hear what is sent in this direction of a connection, in place of who did. */
  listen(accessAddress: number, direction: Direction, ear: Ear): void {
    this.ears.set(earName(accessAddress, direction), ear);
  }

  leave(accessAddress: number, direction: Direction): void {
    this.ears.delete(earName(accessAddress, direction));
  }

  /** Returns an access address that no connection has. */
  chooseAccessAddress(): number {
    for (;;) {
      const address = this.random(4).reduce((value, octet) => value * 256 + octet, 0);
      const isTaken =
        this.ears.has(earName(address, 'toCentral')) || this.ears.has(earName(address, 'toPeripheral'));
      if (!isTaken && address !== ADVERTISING_ACCESS_ADDRESS) return address;
    }
  }

  /** Sends on the advertising channel. All radios but `from` hear it. */
  advertise(from: Radio, pdu: Uint8Array): void {
    const flight = this.flight(ADVERTISING_ACCESS_ADDRESS, 'advertising', pdu);
    this.fly(flight, (arrived) => {
      for (const radio of [...this.radios]) if (radio !== from) radio.hear(arrived);
    });
  }

  /** Sends on the channel of a connection. */
  send(accessAddress: number, direction: Direction, pdu: Uint8Array): void {
    const flight = this.flight(accessAddress, direction, pdu);
    this.fly(flight, (arrived) => this.ears.get(earName(accessAddress, direction))?.(arrived));
  }

  /** The same for an attacker: no tap sees it. */
  inject(accessAddress: number, direction: Direction, pdu: Uint8Array): void {
    this.clock.after(airtime(pdu), () => this.ears.get(earName(accessAddress, direction))?.(pdu));
  }

  /** Has `tap` see every PDU, after the taps that are there. Returns what takes it away again. */
  tap(tap: Tap): () => void {
    this.taps.push(tap);
    return () => {
      const at = this.taps.indexOf(tap);
      if (at >= 0) this.taps.splice(at, 1);
    };
  }

  private flight(accessAddress: number, direction: Direction, pdu: Uint8Array): Flight {
    this.flights += 1;
    return { number: this.flights - 1, time: this.clock.now, accessAddress, direction, pdu };
  }

  private fly(flight: Flight, arrive: (pdu: Uint8Array) => void): void {
    let arrivals: readonly Arrival[] = [{ pdu: flight.pdu, delay: 0 }];
    for (const tap of [...this.taps]) {
      arrivals = arrivals.flatMap((arrival) => {
        const changed = tap({ ...flight, pdu: arrival.pdu });
        if (changed === undefined) return [arrival];
        return changed.map(({ pdu, delay }) => ({ pdu, delay: arrival.delay + delay }));
      });
    }
    for (const { pdu, delay } of arrivals) this.clock.after(airtime(pdu) + delay, () => arrive(pdu));
  }
}

/** Microseconds that a PDU is on the air, at 1 Mbit/s. */
export function airtime(pdu: Uint8Array): number {
  return (FRAME_OCTETS + pdu.length) * MICROSECONDS_PER_OCTET;
}

function earName(accessAddress: number, direction: Direction): string {
  return `${accessAddress} ${direction}`;
}
