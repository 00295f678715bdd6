// SPDX-License-Identifier: Apache-2.0

import type { Attestation } from './attestation.ts';

/** A message-oriented join between two CPNS entities: whole messages in order, or closed. */
export interface Link {
  /** Queues one message, which the caller gives up: nobody changes its bytes. Refuses `tooLong`, `linkClosed`, `queueFull`. */
  send(message: Uint8Array): void;
  /** What the link's own security is at this moment. */
  attestation(): Attestation;
  /** Safe to call twice. */
  close(): void;
  /**
   * Does `work` when what has come meanwhile, on this link and on others, was heard: what answers it can be sent together.
   * Absent where each message is heard by itself.
   */
  atTurnEnd?(work: () => void): void;
  /** The owner tells that whoever is at the other end has proved by a handshake who it is. */
  proved?(): void;
}

/** What the owner of a link hears. `onClosed` comes once and last. */
export interface LinkEvents {
  /** The message is borrowed for the call. */
  onMessage(message: Uint8Array): void;
  onClosed(): void;
}
