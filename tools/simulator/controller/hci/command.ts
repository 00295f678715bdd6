// SPDX-License-Identifier: Apache-2.0

import type { Controller } from '../controller.ts';
import type { LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';

/** A command that this controller knows. */
export interface Command {
  readonly opcode: number;
  /** Its bit in the list of supported commands: octet and bit (Core Specification Vol 4 Part E 6.27). */
  readonly supported: readonly [octet: number, bit: number];
  /** Octets of its parameters. */
  readonly length: number;
  /** Whether it is answered with Command Status, and its outcome with an event of its own. */
  readonly hasOutcome?: true;
  /** Reads exactly its parameters. Throws CommandRefused before anything has changed; returns its result. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most commands return nothing
  run(controller: Controller, parameters: LittleEndianReader): LittleEndianWriter | void;
}
