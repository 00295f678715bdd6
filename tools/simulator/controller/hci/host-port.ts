// SPDX-License-Identifier: Apache-2.0

/** What a controller says to its host, as far as the host wants to hear it. */
import type { AirClock } from '../air/clock.ts';
import { ErrorCode } from '../errors.ts';
import { LittleEndianWriter } from '../little-endian.ts';
import { Event, encodeEvent } from './packet.ts';

/** Bits 0 to 44; and the first five of LE: what the specification has a host hear that says nothing. */
const DEFAULT_MASK: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 0);
const DEFAULT_LE_MASK: Uint8Array = Uint8Array.of(0x1f, 0, 0, 0, 0, 0, 0, 0);
/** Events of commands and of flow control have no bit. */
const UNMASKED: readonly number[] = Object.freeze([
  Event.commandComplete,
  Event.commandStatus,
  Event.completedPackets,
]);
const COMMANDS_ALLOWED = 1;

export class HostPort {
  private readonly clock: AirClock;
  private readonly deliver: (packet: Uint8Array) => void;
  private mask = DEFAULT_MASK;
  private leMask = DEFAULT_LE_MASK;
  private isClosed = false;

  constructor(clock: AirClock, deliver: (packet: Uint8Array) => void) {
    this.clock = clock;
    this.deliver = deliver;
  }

  reset(): void {
    this.mask = DEFAULT_MASK;
    this.leMask = DEFAULT_LE_MASK;
  }

  close(): void {
    this.isClosed = true;
  }

  setMask(mask: Uint8Array): void {
    this.mask = mask;
  }

  setLeMask(mask: Uint8Array): void {
    this.leMask = mask;
  }

  wantsLe(event: number): boolean {
    return isSet(this.mask, Event.leMeta) && isSet(this.leMask, event);
  }

  event(code: number, parameters: LittleEndianWriter): void {
    if (UNMASKED.includes(code) || isSet(this.mask, code))
      this.packet(encodeEvent(code, parameters.finish()));
  }

  leEvent(code: number, parameters: LittleEndianWriter): void {
    if (!this.wantsLe(code)) return;
    this.packet(encodeEvent(Event.leMeta, Uint8Array.of(code, ...parameters.finish())));
  }

  /** `result`: what follows the status. */
  commandComplete(opcode: number, status: number, result: Uint8Array): void {
    const parameters = new LittleEndianWriter().uint8(COMMANDS_ALLOWED).uint16(opcode).uint8(status);
    this.event(Event.commandComplete, status === ErrorCode.success ? parameters.octets(result) : parameters);
  }

  commandStatus(opcode: number, status: number): void {
    const parameters = new LittleEndianWriter().uint8(status).uint8(COMMANDS_ALLOWED).uint16(opcode);
    this.event(Event.commandStatus, parameters);
  }

  /** Gives a packet to the host, never within a call of the host's. */
  packet(packet: Uint8Array): void {
    this.clock.after(0, () => {
      if (!this.isClosed) this.deliver(packet);
    });
  }
}

/** Event n has bit n - 1. */
function isSet(mask: Uint8Array, event: number): boolean {
  const bit = event - 1;
  return ((mask[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}
