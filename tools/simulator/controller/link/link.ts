// SPDX-License-Identifier: Apache-2.0

import type { RunningTimer } from '../../../../src/link/timer.ts';
/**
 * One end of a connection: its events, its queues, its ciphers, its supervision. The central sends first in
 * each event; the two answer each other until neither has more, or something is lost.
 */
import { Refusal } from '../../../../src/refusal.ts';
import { type Air, INTER_FRAME_SPACE, type Random } from '../air/air.ts';
import type { Direction } from '../air/flight.ts';
import { ErrorCode } from '../errors.ts';
import { LittleEndianWriter } from '../little-endian.ts';
import { type DirectionCipher, MIC_OCTETS } from './cipher.ts';
import { Control } from './control.ts';
import { ControlOpcode, encodeControlPdu } from './control-pdu.ts';
import { type DataPdu, decodeDataPdu, Llid } from './data-pdu.ts';
import { Delivery, type Outgoing } from './delivery.ts';
import { MIN_DATA_OCTETS } from './exchanges.ts';
import type { ControlOptions, LinkOwner, LinkParameters, LinkPort, Role } from './owner.ts';
import { EventTiming } from './timing.ts';

/** A packet of the host, on its way in pieces. */
interface HostPacket {
  readonly bytes: Uint8Array;
  /** Whether an L2CAP PDU begins with it. */
  readonly isStart: boolean;
  offset: number;
}

interface QueuedControl extends ControlOptions {
  readonly payload: Uint8Array;
}

/** Microseconds from CONNECT_IND to the first event. */
const FIRST_EVENT = 1250;
/** What the longest exchange of two PDUs takes. */
const EXCHANGE = 2 * (2120 + INTER_FRAME_SPACE);
const ESTABLISHMENT_EVENTS = 6;
const RESPONSE_TIMEOUT = 40_000_000;
/** Answers of ours that may wait. A peer that asks faster than it hears them gets no more. */
const MAX_CONTROL = 16;

export class Link implements LinkPort {
  readonly role: Role;
  readonly random: Random;
  readonly timing: EventTiming;
  readonly control: Control;
  private readonly air: Air;
  private readonly owner: LinkOwner;
  private readonly outward: Direction;
  private readonly inward: Direction;
  private readonly delivery = new Delivery();
  private readonly controls: QueuedControl[] = [];
  private readonly data: HostPacket[] = [];
  private readonly timers = new Set<RunningTimer>();
  private settings: LinkParameters;
  private transmitCipher: DirectionCipher | undefined;
  private receiveCipher: DirectionCipher | undefined;
  private octets = { tx: MIN_DATA_OCTETS, rx: MIN_DATA_OCTETS };
  private isDataHeld = false;
  private isEnded = false;
  private isEstablished = false;
  private isAnswerDue = false;
  private lastHeard: number;
  private supervision: RunningTimer | undefined;
  private reasonAfterAnswer: number | undefined;

  /** Made by both ends when CONNECT_IND has left the one and has reached the other. */
  constructor(air: Air, parameters: LinkParameters, owner: LinkOwner) {
    this.air = air;
    this.random = air.random;
    this.settings = parameters;
    this.role = parameters.role;
    this.owner = owner;
    this.outward = this.role === 'central' ? 'toPeripheral' : 'toCentral';
    this.inward = this.role === 'central' ? 'toCentral' : 'toPeripheral';
    this.lastHeard = air.clock.now;
    this.timing = new EventTiming(air.clock.now + FIRST_EVENT, parameters.interval);
    this.control = new Control(this, owner);
    air.listen(parameters.accessAddress, this.inward, (pdu) => this.receive(pdu));
    if (this.role === 'central') this.scheduleEvent();
    this.supervise();
  }

  get parameters(): LinkParameters {
    return this.settings;
  }

  /** Sends a packet of the host. `bytes` are kept. The controller bounds how many there are. */
  sendData(isStart: boolean, bytes: Uint8Array): void {
    if (bytes.length === 0) this.owner.onSent();
    else this.data.push({ bytes, isStart, offset: 0 });
  }

  sendControl(payload: Uint8Array, options: ControlOptions = {}): void {
    if (this.controls.length < MAX_CONTROL) this.controls.push({ ...options, payload });
  }

  setTransmitCipher(cipher: DirectionCipher | undefined): void {
    this.transmitCipher = cipher;
  }

  setReceiveCipher(cipher: DirectionCipher | undefined): void {
    this.receiveCipher = cipher;
  }

  holdData(isHeld: boolean): void {
    this.isDataHeld = isHeld;
  }

  setOctets(tx: number, rx: number): void {
    this.octets = { tx, rx };
  }

  setParameters(interval: number, latency: number, timeout: number): void {
    this.settings = { ...this.settings, interval, latency, timeout };
    this.supervision?.cancel();
    this.supervise();
  }

  eventCount(): number {
    return this.timing.count(this.air.clock.now);
  }

  atEvent(count: number, callback: () => void): void {
    this.after(this.timing.timeOf(count) - this.air.clock.now, callback);
  }

  awaitResponse(): RunningTimer {
    return this.after(RESPONSE_TIMEOUT, () => this.end(ErrorCode.responseTimeout));
  }

  terminate(reason: number): void {
    this.isDataHeld = true;
    this.data.length = 0;
    this.controls.length = 0;
    this.sendControl(encodeControlPdu(ControlOpcode.terminateInd, new LittleEndianWriter().uint8(reason)), {
      onAcknowledged: () => this.end(ErrorCode.localHostTerminated),
    });
  }

  endAfterAnswer(reason: number): void {
    this.reasonAfterAnswer = reason;
  }

  end(reason: number): void {
    if (this.isEnded) return;
    this.close();
    this.owner.onEnded(reason);
  }

  /** Ends without a word, to the peer or the owner. */
  close(): void {
    this.isEnded = true;
    for (const timer of this.timers) timer.cancel();
    this.air.leave(this.settings.accessAddress, this.inward);
  }

  private scheduleEvent(): void {
    const { now } = this.air.clock;
    this.after(this.timing.next(now) - now, () => {
      this.scheduleEvent();
      this.transmit();
    });
  }

  private transmit(): void {
    const bytes = this.delivery.next(
      () => this.pick(),
      () => this.hasMore(),
    );
    this.air.send(this.settings.accessAddress, this.outward, bytes);
    if (this.reasonAfterAnswer !== undefined) this.end(this.reasonAfterAnswer);
  }

  private receive(bytes: Uint8Array): void {
    const pdu = decode(bytes);
    if (pdu === undefined || pdu.payload.length > this.octets.rx + MIC_OCTETS) return;
    this.lastHeard = this.air.clock.now;
    this.isEstablished = true;
    // First what the peer has, then what it answers: hosts expect it in this order.
    this.delivery.acknowledge(pdu)?.onAcknowledged();
    if (!this.isEnded && this.delivery.isNew(pdu)) this.accept(pdu);
    if (!this.isEnded) this.answer(pdu);
  }

  private accept(pdu: DataPdu): void {
    if (pdu.payload.length === 0) return this.delivery.accept();
    const isControl = pdu.llid === Llid.control;
    if (!isControl && !this.owner.canReceive()) return;
    const payload =
      this.receiveCipher === undefined ? pdu.payload : this.receiveCipher.open(pdu.header, pdu.payload);
    if (payload === undefined) return this.end(ErrorCode.micFailure);
    this.delivery.accept();
    if (isControl) return this.control.receive(payload);
    if (!this.control.encryption.expects(undefined)) return this.end(ErrorCode.micFailure);
    this.owner.onData(pdu.llid, payload);
  }

  /** The peripheral answers always, the central as long as there is more to say. */
  private answer(pdu: DataPdu): void {
    if (this.isAnswerDue || (this.role === 'central' && !this.continues(pdu))) return;
    this.isAnswerDue = true;
    this.after(INTER_FRAME_SPACE, () => {
      this.isAnswerDue = false;
      this.transmit();
    });
  }

  private continues(pdu: DataPdu): boolean {
    if (this.reasonAfterAnswer !== undefined) return true;
    const { now } = this.air.clock;
    return (pdu.hasMore || this.hasMore()) && now + EXCHANGE < this.timing.next(now);
  }

  private hasMore(): boolean {
    return this.controls.length > 0 || (!this.isDataHeld && this.data.length > 0);
  }

  private pick(): Outgoing | undefined {
    const control = this.controls.shift();
    if (control === undefined) return this.isDataHeld ? undefined : this.pickData();
    control.onPicked?.();
    return this.seal(Llid.control, control.payload, control.onAcknowledged ?? (() => undefined));
  }

  private pickData(): Outgoing | undefined {
    const packet = this.data[0];
    if (packet === undefined) return undefined;
    const llid = packet.isStart && packet.offset === 0 ? Llid.start : Llid.continuation;
    const piece = packet.bytes.subarray(packet.offset, packet.offset + this.octets.tx);
    packet.offset += piece.length;
    const isLast = packet.offset === packet.bytes.length;
    if (isLast) this.data.shift();
    return this.seal(llid, piece, () => isLast && this.owner.onSent());
  }

  private seal(llid: number, payload: Uint8Array, onAcknowledged: () => void): Outgoing {
    return { llid, payload: this.transmitCipher?.seal(llid, payload) ?? payload, onAcknowledged };
  }

  /** Ends the connection when nothing has been heard for too long (Vol 6 Part B 4.5.2). */
  private supervise(): void {
    const { interval, timeout } = this.settings;
    const limit = this.isEstablished
      ? timeout * 10_000
      : ESTABLISHMENT_EVENTS * interval * 1250 + FIRST_EVENT;
    const left = this.lastHeard + limit - this.air.clock.now;
    if (left > 0) this.supervision = this.after(left, () => this.supervise());
    else this.end(this.isEstablished ? ErrorCode.connectionTimeout : ErrorCode.notEstablished);
  }

  /** A timer that ends with the connection. */
  private after(microseconds: number, callback: () => void): RunningTimer {
    const timer = this.air.clock.after(microseconds, () => {
      this.timers.delete(timer);
      callback();
    });
    this.timers.add(timer);
    return {
      cancel: () => {
        this.timers.delete(timer);
        timer.cancel();
      },
    };
  }
}

function decode(bytes: Uint8Array): DataPdu | undefined {
  try {
    return decodeDataPdu(bytes);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
