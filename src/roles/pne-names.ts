// SPDX-License-Identifier: Apache-2.0

/** What a PNE and its server shorten readings by: names of fields that the PNE has told, by their numbers. */
import { encodeFlat } from '../cbor/flat.ts';
import { type Pace, Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Names } from '../payload/concise.ts';
import type { PnePayloads } from '../payload/payload.ts';
import { refuse } from '../refusal.ts';
import { MessageType } from './message.ts';

export interface PneNamesOptions {
  readonly payloads: PnePayloads;
  readonly pace: Pace;
  send(message: Uint8Array): void;
}

export class PneNames {
  /** Whether the server takes readings together. It says so in each session, and on each link. */
  isServed = false;
  private readonly options: PneNamesOptions;
  private readonly announcement: Transmission;
  /** In the order of their first use, for as long as the PNE runs: the message that tells them. */
  private names: Names;
  /** Of them, known to the server in this session. */
  private known = 0;

  constructor(options: PneNamesOptions) {
    this.options = options;
    this.names = encodeFlat([MessageType.dictionary]);
    this.announcement = new Transmission(options.pace, () => options.send(this.names));
  }

  /** Nothing is known of the server until it says so again. */
  reset(): void {
    this.announcement.stop();
    this.isServed = false;
    this.known = 0;
  }

  /** The server's word. */
  handle(known: number): void {
    if (known > ImplementationLimits.dictionaryMaxNames) refuse('messageInvalid');
    this.isServed = true;
    this.known = known;
    this.announcement.stop();
  }

  /** Returns a message of these readings, or undefined where each is to be sent alone, as it is. */
  pack(first: number, payloads: readonly Uint8Array[]): Uint8Array | undefined {
    if (!this.isServed) return undefined;
    const { payloads: codec } = this.options;
    const pack = () => codec.pack(MessageType.readings, first, payloads, this.names, this.known);
    const message = this.known > 0 ? pack() : undefined;
    if (message !== undefined) return message;
    const names = codec.withNames(this.names, payloads);
    if (names.length > this.names.length) {
      this.names = names;
      this.announcement.start();
    }
    return this.known > 0 || payloads.length > 1 ? pack() : undefined;
  }
}
