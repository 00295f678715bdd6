// SPDX-License-Identifier: Apache-2.0

/** A link without records: the messages of CPNS-3 as they are, from a PNE to a server, past whoever sits on it. */
import { compactPayloads } from '../../../src/payload/compact.ts';
import { Refusal } from '../../../src/refusal.ts';
import { decodeMessage, encodeMessage, MessageType } from '../../../src/roles/message.ts';

export class BareLink {
  /** Values that the server took. */
  readonly received: unknown[] = [];
  private readonly attacker: (message: Uint8Array) => readonly Uint8Array[];
  private next = 0;

  /** `attacker` returns what passes in place of a message. */
  constructor(attacker: (message: Uint8Array) => readonly Uint8Array[]) {
    this.attacker = attacker;
  }

  report(value: unknown): void {
    const payload = compactPayloads.encode(value);
    const reading = encodeMessage({ type: MessageType.reading, number: this.next, payload });
    this.next += 1;
    for (const message of this.attacker(reading)) this.receive(message.slice());
  }

  private receive(bytes: Uint8Array): void {
    try {
      const message = decodeMessage(bytes);
      if (message.type === MessageType.reading) this.received.push(compactPayloads.decode(message.payload));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
