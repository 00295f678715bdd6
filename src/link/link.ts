// SPDX-License-Identifier: Apache-2.0

/** A message-oriented join between two CPNS entities: whole messages in order, or closed. */
export interface Link {
  /** Largest message in bytes. */
  readonly mtu: number;
  /** Queues one message. Borrows it for the call. Refuses `tooLong`, `linkClosed`, `queueFull`. */
  send(message: Uint8Array): void;
  /** Safe to call twice. */
  close(): void;
}

/** What the owner of a link hears. `onClosed` comes once and last. */
export interface LinkEvents {
  /** The message is borrowed for the call. */
  onMessage(message: Uint8Array): void;
  onClosed(): void;
}
