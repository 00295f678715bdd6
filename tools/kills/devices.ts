// SPDX-License-Identifier: Apache-2.0

/** PNEs that send all the time. They run on a clock that is faster: pauses of minutes would make a run of days. */
import type { After } from '../../src/link/timer.ts';
import { after as nodeAfter } from '../../src/node/timer.ts';
import { Device, type DeviceOptions, type Sent } from './device.ts';

/** A handshake still has the time that it takes on a busy machine, by itself, and in another process. */
const FASTER = 50;
const FASTER_BY_TCP = 10;

export const fasterAfter: After = (milliseconds, callback) => nodeAfter(milliseconds / FASTER, callback);
export const fasterByTcp: After = (milliseconds, callback) =>
  nodeAfter(milliseconds / FASTER_BY_TCP, callback);

export interface CrowdOptions extends Omit<DeviceOptions, 'identity' | 'isSending' | 'onAccepted'> {
  readonly identities: readonly DeviceOptions['identity'][];
}

export class DeviceCrowd {
  private readonly devices: readonly Device[];
  private readonly onAccepted = new Set<() => void>();
  private isSending = true;

  constructor({ identities, ...options }: CrowdOptions) {
    this.devices = identities.map(
      (identity) =>
        new Device({
          ...options,
          identity,
          isSending: () => this.isSending,
          onAccepted: () => this.tell(),
        }),
    );
  }

  get sent(): readonly Sent[] {
    return this.devices;
  }

  /** Resolves with the next reading that the server has acknowledged. */
  nextAccepted(): Promise<void> {
    return new Promise((resolve) => this.onAccepted.add(resolve));
  }

  /** Sends nothing new, and resolves when everything is acknowledged. */
  async drain(): Promise<void> {
    this.isSending = false;
    while (this.devices.some(({ isIdle }) => !isIdle)) await this.nextAccepted();
  }

  close(): void {
    for (const device of this.devices) device.leave();
  }

  private tell(): void {
    for (const tell of this.onAccepted) tell();
    this.onAccepted.clear();
  }
}
