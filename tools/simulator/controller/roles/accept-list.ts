// SPDX-License-Identifier: Apache-2.0

/** The devices that a host has chosen, for scanning and for connecting. */
import { type DeviceAddress, isSameAddress } from '../address.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';

export const ACCEPT_LIST_SIZE = 8;

export class AcceptList {
  private devices: readonly DeviceAddress[] = [];

  clear(): void {
    this.devices = [];
  }

  add(device: DeviceAddress): void {
    if (this.has(device)) return;
    if (this.devices.length >= ACCEPT_LIST_SIZE) refuseCommand(ErrorCode.memoryExceeded);
    this.devices = [...this.devices, device];
  }

  remove(device: DeviceAddress): void {
    this.devices = this.devices.filter((other) => !isSameAddress(other, device));
  }

  has(device: DeviceAddress): boolean {
    return this.devices.some((other) => isSameAddress(other, device));
  }
}
