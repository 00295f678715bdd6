// SPDX-License-Identifier: Apache-2.0

/** The Initiator's end of an interface, as whoever starts it and whoever runs a part of it see it. */
import type { Attestation } from '../link/attestation.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';

export interface InitiationOptions {
  readonly own: InterfaceOptions;
  readonly after: After;
  /** What the link that reaches from end to end shows now. */
  attestation(): Attestation;
  send(message: Uint8Array): void;
  onAgreed(agreement: Agreement): void;
  /** The peer did not answer to the last repetition, or this end cannot make the session. */
  onFailed(): void;
  /** A message was refused; the handshake goes on. */
  onRefused(reason: ReasonName): void;
}

export interface Initiation {
  /** Takes a message of the Responder, borrowed for the call. */
  receive(message: Uint8Array): void;
  /** Ends it and wipes its keys. Safe to call twice. */
  stop(): void;
}
