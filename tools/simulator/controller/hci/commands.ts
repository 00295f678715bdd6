// SPDX-License-Identifier: Apache-2.0

/** All commands of the controller, and how they are answered. */
import { CommandRefused, ErrorCode } from '../errors.ts';
import { LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import { ADVERTISING_COMMANDS } from './advertising-commands.ts';
import type { Command, CommandTarget } from './command.ts';
import { CONNECTION_COMMANDS } from './connection-commands.ts';
import { INFORMATION_COMMANDS } from './information-commands.ts';
import { SECURITY_COMMANDS } from './security-commands.ts';

const READ_SUPPORTED_COMMANDS: Command = {
  opcode: 0x1002,
  supported: [14, 4],
  length: 0,
  run: () => new LittleEndianWriter().octets(supportedCommands()),
};

const COMMANDS: readonly Command[] = [
  READ_SUPPORTED_COMMANDS,
  ...INFORMATION_COMMANDS,
  ...ADVERTISING_COMMANDS,
  ...CONNECTION_COMMANDS,
  ...SECURITY_COMMANDS,
];
const NOTHING = new Uint8Array(0);
const SUPPORTED_OCTETS = 64;

/** `packet`: opcode, length, parameters. Answers always, unless there is no opcode. */
export function runCommand(controller: CommandTarget, packet: Uint8Array): void {
  if (packet.length < 2) return;
  const opcode = packet[0]! | (packet[1]! << 8);
  const command = COMMANDS.find((known) => known.opcode === opcode);
  const { host } = controller;
  if (command === undefined) return host.commandComplete(opcode, ErrorCode.unknownCommand, NOTHING);
  const outcome = attempt(controller, command, packet.subarray(2));
  const status = typeof outcome === 'number' ? outcome : ErrorCode.success;
  if (command.hasOutcome) return host.commandStatus(opcode, status);
  host.commandComplete(opcode, status, typeof outcome === 'object' ? outcome.finish() : NOTHING);
}

/** Returns the result, or the code that the command is refused with. */
function attempt(
  controller: CommandTarget,
  command: Command,
  packet: Uint8Array,
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands return nothing
): LittleEndianWriter | number | void {
  if (packet.length !== 1 + command.length || packet[0] !== command.length) {
    return ErrorCode.invalidParameters;
  }
  try {
    return command.run(controller, new LittleEndianReader(packet.subarray(1)));
  } catch (error) {
    if (error instanceof CommandRefused) return error.code;
    throw error;
  }
}

/** One bit a command. */
function supportedCommands(): Uint8Array {
  const list = new Uint8Array(SUPPORTED_OCTETS);
  for (const { supported } of COMMANDS) list[supported[0]]! |= 1 << supported[1];
  return list;
}
