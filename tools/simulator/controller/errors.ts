// SPDX-License-Identifier: Apache-2.0

/** Error codes of the controller (Core Specification Vol 1 Part F). */
export const ErrorCode = Object.freeze({
  success: 0x00,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  authenticationFailure: 0x05,
  keyMissing: 0x06,
  memoryExceeded: 0x07,
  connectionTimeout: 0x08,
  connectionLimitExceeded: 0x09,
  connectionExists: 0x0b,
  commandDisallowed: 0x0c,
  unsupportedParameter: 0x11,
  invalidParameters: 0x12,
  remoteUserTerminated: 0x13,
  remoteLowResources: 0x14,
  remotePowerOff: 0x15,
  localHostTerminated: 0x16,
  unsupportedRemoteFeature: 0x1a,
  responseTimeout: 0x22,
  instantPassed: 0x28,
  pairingWithUnitKey: 0x29,
  differentTransactionCollision: 0x2a,
  controllerBusy: 0x3a,
  unacceptableParameters: 0x3b,
  micFailure: 0x3d,
  notEstablished: 0x3e,
});

/** A command is refused with this code. */
export class CommandRefused extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`refused with 0x${code.toString(16)}`);
    this.code = code;
  }
}

export function refuseCommand(code: number): never {
  throw new CommandRefused(code);
}
