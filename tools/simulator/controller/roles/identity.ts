// SPDX-License-Identifier: Apache-2.0

/** The addresses of a controller. */
import { type DeviceAddress, PUBLIC, RANDOM } from '../address.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';

export class Identity {
  readonly publicAddress: Uint8Array;
  private randomAddress: Uint8Array | undefined;

  constructor(publicAddress: Uint8Array) {
    this.publicAddress = publicAddress;
  }

  reset(): void {
    this.randomAddress = undefined;
  }

  setRandom(octets: Uint8Array): void {
    this.randomAddress = octets;
  }

  /** The address that a host names by type. Resolvable addresses are the host's own affair here. */
  own(type: number): DeviceAddress {
    if (type === PUBLIC) return { type: PUBLIC, octets: this.publicAddress };
    if (type !== RANDOM || this.randomAddress === undefined) refuseCommand(ErrorCode.invalidParameters);
    return { type: RANDOM, octets: this.randomAddress };
  }
}
