// SPDX-License-Identifier: Apache-2.0

/** Connecting, disconnecting, and the parameters of connections. */
import { areConnectionParametersValid } from '../air/advertising-pdu.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { MAX_DATA_OCTETS, MAX_DATA_TIME } from '../link/exchanges.ts';
import { type LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import { readDevice, readSwitch } from './advertising-commands.ts';
import type { Command, CommandTarget } from './command.ts';

/** Why a host may say that it disconnects. */
const REASONS: readonly number[] = Object.freeze([
  ErrorCode.authenticationFailure,
  ErrorCode.remoteUserTerminated,
  ErrorCode.remoteLowResources,
  ErrorCode.remotePowerOff,
  ErrorCode.unsupportedRemoteFeature,
  ErrorCode.pairingWithUnitKey,
  ErrorCode.unacceptableParameters,
]);
/** Octets and microseconds that a length may have. */
const OCTETS = Object.freeze({ min: 0x1b, max: 0xfb });
const TIME = Object.freeze({ min: 0x148, max: 0x4290 });

export const CONNECTION_COMMANDS: readonly Command[] = [
  {
    opcode: 0x0406, // Disconnect
    supported: [0, 5],
    length: 3,
    hasOutcome: true,
    run: ({ connections }, parameters) => {
      const link = connections.link(parameters.uint16());
      const reason = parameters.uint8();
      if (!REASONS.includes(reason)) refuseCommand(ErrorCode.invalidParameters);
      link.terminate(reason);
    },
  },
  {
    opcode: 0x041d, // Read Remote Version Information
    supported: [2, 7],
    length: 2,
    hasOutcome: true,
    run: ({ connections }, parameters) => connections.link(parameters.uint16()).control.version.start(),
  },
  {
    opcode: 0x200d, // LE Create Connection
    supported: [26, 4],
    length: 25,
    hasOutcome: true,
    run: createConnection,
  },
  {
    opcode: 0x200e, // LE Create Connection Cancel
    supported: [26, 5],
    length: 0,
    run: ({ initiator, connections }) => {
      if (!initiator.isActive) refuseCommand(ErrorCode.commandDisallowed);
      initiator.stop();
      connections.reportFailure(ErrorCode.unknownConnection);
    },
  },
  {
    opcode: 0x2013, // LE Connection Update
    supported: [27, 2],
    length: 14,
    hasOutcome: true,
    run: ({ connections }, parameters) => {
      const link = connections.link(parameters.uint16());
      const { interval, latency, timeout } = readConnectionParameters(parameters);
      link.control.update(interval, latency, timeout);
    },
  },
  {
    opcode: 0x2016, // LE Read Remote Features
    supported: [27, 5],
    length: 2,
    hasOutcome: true,
    run: ({ connections }, parameters) => connections.link(parameters.uint16()).control.features.start(),
  },
  {
    opcode: 0x2022, // LE Set Data Length
    supported: [33, 6],
    length: 6,
    run: ({ connections }, parameters) => {
      const handle = parameters.uint16();
      const link = connections.link(handle);
      const { octets, time } = readLength(parameters);
      link.control.dataLength.start(octets, time);
      return new LittleEndianWriter().uint16(handle);
    },
  },
  {
    opcode: 0x2023, // LE Read Suggested Default Data Length
    supported: [33, 7],
    length: 0,
    run: ({ suggested }) => new LittleEndianWriter().uint16(suggested.octets).uint16(suggested.time),
  },
  {
    opcode: 0x2024, // LE Write Suggested Default Data Length
    supported: [34, 0],
    length: 4,
    run: (controller, parameters) => {
      controller.suggested = readLength(parameters);
    },
  },
  {
    opcode: 0x202f, // LE Read Maximum Data Length
    supported: [35, 3],
    length: 0,
    run: () => {
      const result = new LittleEndianWriter().uint16(MAX_DATA_OCTETS).uint16(MAX_DATA_TIME);
      return result.uint16(MAX_DATA_OCTETS).uint16(MAX_DATA_TIME);
    },
  },
];

function createConnection(controller: CommandTarget, parameters: LittleEndianReader): void {
  const { initiator, identity, connections } = controller;
  if (initiator.isActive) refuseCommand(ErrorCode.commandDisallowed);
  if (connections.isFull) refuseCommand(ErrorCode.connectionLimitExceeded);
  const [interval, window] = [parameters.uint16(), parameters.uint16()];
  if (window > interval) refuseCommand(ErrorCode.invalidParameters);
  const usesAcceptList = readSwitch(parameters);
  const device = readDevice(parameters);
  if (!usesAcceptList && connections.has(device)) refuseCommand(ErrorCode.connectionExists);
  const own = identity.own(parameters.uint8());
  const settings = readConnectionParameters(parameters);
  initiator.start({ own, peer: usesAcceptList ? undefined : device, ...settings });
}

/** Interval from and to, latency, timeout, and lengths of events, which are of no use here. */
function readConnectionParameters(parameters: LittleEndianReader): {
  interval: number;
  latency: number;
  timeout: number;
} {
  const [min, max] = [parameters.uint16(), parameters.uint16()];
  const [latency, timeout] = [parameters.uint16(), parameters.uint16()];
  parameters.take(4);
  if (min > max || !areConnectionParametersValid(min, latency, timeout)) {
    refuseCommand(ErrorCode.invalidParameters);
  }
  return { interval: min, latency, timeout };
}

function readLength(parameters: LittleEndianReader): { octets: number; time: number } {
  const [octets, time] = [parameters.uint16(), parameters.uint16()];
  const isValid = octets >= OCTETS.min && octets <= OCTETS.max && time >= TIME.min && time <= TIME.max;
  return isValid ? { octets, time } : refuseCommand(ErrorCode.invalidParameters);
}
