// SPDX-License-Identifier: Apache-2.0

/** What a connection and its controller know of each other. */
import type { RunningTimer } from '../../../../src/link/timer.ts';
import type { DeviceAddress } from '../address.ts';
import type { Random } from '../air/air.ts';
import type { DirectionCipher } from './cipher.ts';
import type { EventTiming } from './timing.ts';

export type Role = 'central' | 'peripheral';

export interface LinkParameters {
  readonly role: Role;
  readonly peer: DeviceAddress;
  readonly accessAddress: number;
  /** In 1.25 ms. */
  readonly interval: number;
  /** In events. */
  readonly latency: number;
  /** In 10 ms. */
  readonly timeout: number;
}

/** The controller: it turns this into HCI events. */
export interface LinkOwner {
  /** False where its host is not reading. What arrives then is asked for again. */
  canReceive(): boolean;
  onData(llid: number, payload: Uint8Array): void;
  /** One packet of the host has been delivered. */
  onSent(): void;
  onEnded(reason: number): void;
  /** `status` 0: encrypted. `isRefresh`: it was before, with another session key. */
  onEncryption(status: number, isRefresh: boolean): void;
  onLongTermKeyRequest(rand: Uint8Array, diversifier: Uint8Array): void;
  onDataLength(lengths: DataLengths): void;
  onFeatures(status: number, features: Uint8Array): void;
  onVersion(status: number, version: Uint8Array): void;
  onUpdate(status: number): void;
}

/** Octets of payload, and microseconds. */
export interface DataLengths {
  readonly txOctets: number;
  readonly txTime: number;
  readonly rxOctets: number;
  readonly rxTime: number;
}

export interface ControlOptions {
  /** Called when the PDU leaves the queue, before it is encrypted. */
  readonly onPicked?: () => void;
  readonly onAcknowledged?: () => void;
}

/** The connection, as procedures see it. */
export interface LinkPort {
  readonly role: Role;
  readonly random: Random;
  readonly timing: EventTiming;
  sendControl(payload: Uint8Array, options?: ControlOptions): void;
  setTransmitCipher(cipher: DirectionCipher | undefined): void;
  setReceiveCipher(cipher: DirectionCipher | undefined): void;
  /** While held, data of the host waits. */
  holdData(isHeld: boolean): void;
  /** From now on, payloads of up to so many octets. */
  setOctets(txOctets: number, rxOctets: number): void;
  setParameters(interval: number, latency: number, timeout: number): void;
  /** Runs `callback` when event `count` begins. */
  atEvent(count: number, callback: () => void): void;
  eventCount(): number;
  /** Ends the connection unless cancelled within the 40 s that a response may take. */
  awaitResponse(): RunningTimer;
  /** Ends when the next PDU, which acknowledges the last, has left. */
  endAfterAnswer(reason: number): void;
  /** Says so to the peer, then ends. */
  terminate(reason: number): void;
  /** Ends at once, and the peer notices by itself. */
  end(reason: number): void;
}
