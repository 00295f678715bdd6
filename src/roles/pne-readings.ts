// SPDX-License-Identifier: Apache-2.0

/** Readings of a PNE that have no receipt yet: alone or together, with names or with numbers for them. */
import { ALONE, Outbox } from '../delivery/outbox.ts';
import type { Pace } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import type { PnePayloads } from '../payload/payload.ts';
import { refuse } from '../refusal.ts';
import { encodeMessage, MessageType, type Receipt } from './message.ts';
import { PneNames } from './pne-names.ts';
import { Status } from './status.ts';

/** What became of a reading. `unknown`: it was sent, and nobody will ever tell whether it was delivered. */
export type Outcome = 'accepted' | 'rejected' | 'unknown';

export interface PneReadingsOptions {
  readonly payloads: PnePayloads;
  readonly pace: Pace;
  send(message: Uint8Array): void;
  onReceipt(handle: number, outcome: Outcome): void;
  /** The server does not answer. */
  onSilence(): void;
}

const { payloadMaxBytes, pneMaxOutstanding, pneMaxOutstandingBytes } = ImplementationLimits;
const { readingSpan, readingsMaxTogether } = ImplementationLimits;

const TOGETHER = Object.freeze({ messages: readingsMaxTogether, bytes: payloadMaxBytes });

export class PneReadings {
  readonly names: PneNames;
  readonly outbox: Outbox;
  private readonly options: PneReadingsOptions;
  private reported = 0;

  constructor(options: PneReadingsOptions) {
    const { pace, onSilence } = options;
    this.options = options;
    this.names = new PneNames(options);
    this.outbox = new Outbox({
      pace,
      onSilence,
      span: readingSpan,
      together: () => (this.names.isServed ? TOGETHER : ALONE),
      reserve: (_handle, _number, then) => then(true),
      transmit: (first, payloads) => this.transmit(first, payloads),
    });
  }

  /** How many may be reported now, however long they are. */
  get room(): number {
    const { size, bytes } = this.outbox;
    const fitting = Math.floor((pneMaxOutstandingBytes - bytes) / payloadMaxBytes);
    return Math.max(0, Math.min(pneMaxOutstanding - size, fitting));
  }

  /** Returns a handle: the number of readings reported before. Refuses `queueFull`, and what src/payload refuses. */
  report(value: unknown): number {
    const { outbox } = this;
    if (outbox.size >= pneMaxOutstanding) refuse('queueFull');
    const payload = this.options.payloads.encode(value);
    if (outbox.bytes + payload.length > pneMaxOutstandingBytes) refuse('queueFull');
    const handle = this.reported;
    this.reported += 1;
    outbox.add(handle, payload);
    if (this.room === 0) outbox.fill();
    return handle;
  }

  /** Nothing is sent until the outbox is opened, and nothing is known of the server. */
  rest(): void {
    this.outbox.close();
    this.names.reset();
  }

  /** Another epoch follows. */
  leaveEpoch(): void {
    this.outbox.close();
    for (const handle of this.outbox.restart()) this.options.onReceipt(handle, 'unknown');
  }

  settle({ number, status, more = 0 }: Receipt): void {
    const outcome = status === Status.ok ? 'accepted' : 'rejected';
    for (let each = number, bits = more * 2 + 1; bits > 0; each += 1, bits = Math.floor(bits / 2)) {
      const handle = bits % 2 === 1 ? this.outbox.find(each) : undefined;
      if (handle === undefined) continue;
      this.outbox.settle(handle);
      this.options.onReceipt(handle, outcome);
    }
  }

  private transmit(first: number, payloads: readonly Uint8Array[]): void {
    const { send } = this.options;
    const message = this.names.pack(first, payloads);
    if (message !== undefined) return send(message);
    for (let i = 0; i < payloads.length; i++)
      send(encodeMessage({ type: MessageType.reading, number: first + i, payload: payloads[i]! }));
  }
}
