// SPDX-License-Identifier: Apache-2.0

import type { ECDH } from 'node:crypto';
import type { Air } from '../air/air.ts';
import type { LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import type { AcceptList } from '../roles/accept-list.ts';
import type { Advertiser } from '../roles/advertiser.ts';
import type { Identity } from '../roles/identity.ts';
import type { Initiator } from '../roles/initiator.ts';
import type { Scanner } from '../roles/scanner.ts';
import type { Connections } from './connections.ts';
import type { HostPort } from './host-port.ts';

/** What commands act on: a controller. */
export interface CommandTarget {
  readonly host: HostPort;
  readonly identity: Identity;
  readonly acceptList: AcceptList;
  readonly advertiser: Advertiser;
  readonly scanner: Scanner;
  readonly initiator: Initiator;
  readonly connections: Connections;
  readonly air: Air;
  /** Octets and microseconds that new connections ask for. */
  suggested: { readonly octets: number; readonly time: number };
  /** The key of LE Read Local P-256 Public Key. */
  ecdh: ECDH | undefined;
  reset(): void;
}

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
  run(controller: CommandTarget, parameters: LittleEndianReader): LittleEndianWriter | void;
}
