// SPDX-License-Identifier: Apache-2.0

/**
 * The Personal Network Element: secures the hop to its gateway (CPNS-1) and, through it, the end-to-end
 * interface with the CPNS Server (CPNS-3). It keeps each reading until its receipt comes, and sends it
 * again when the link was lost or the receipt is late. The server tells a repeated reading by its id, so
 * that none is lost and none counts twice.
 */
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import type { PayloadCodec } from '../payload/payload.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { createSequenceNumbers, type SequenceOptions } from '../session/sequence.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from './message.ts';
import { createPneInterfaces } from './pne-interfaces.ts';
import { Status } from './status.ts';

export interface PneOptions {
  readonly pneId: string;
  /** CPNS-1 and CPNS-3. */
  readonly hop: InterfaceOptions;
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  readonly payloads: PayloadCodec;
  /** Ids of readings: above every id this PNE used before, restarts included. */
  readonly readingIds: SequenceOptions;
  onAgreed(agreement: Agreement): void;
  /** A content of the server, decoded. Called once for each. */
  onContent(value: unknown): void;
  /** The server has this reading (`accepted`) or will never take it. There is room for another. */
  onReceipt(id: number, accepted: boolean): void;
  /** A message was refused; nothing changed. */
  onRefused(reason: ReasonName): void;
}

export interface Pne {
  /** How many readings may be reported now, however long they are. */
  readonly room: number;
  /** Whether every reading reported so far has its receipt. */
  readonly idle: boolean;
  /** Adopts a link that just came up; a former one is closed. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /**
   * Protects and sends one reading, at once or when the interfaces are secured, and returns its id.
   * Refuses `queueFull` without room, and what src/payload refuses; nothing is queued then.
   */
  report(value: unknown): number;
}

const { payloadMaxBytes, pneMaxOutstanding, pneMaxOutstandingBytes } = ImplementationLimits;

export function createPne(options: PneOptions): Pne {
  /** Encoded readings without a receipt, by id. Bounded by `room`. */
  const outstanding = new Map<number, Uint8Array>();
  let outstandingBytes = 0;
  const readingIds = createSequenceNumbers(options.readingIds, Number.MAX_SAFE_INTEGER);
  let highestContentId = -1;
  let registered = false;
  let silentResends = 0;
  let resendTimer: RunningTimer | undefined;

  const interfaces = createPneInterfaces({
    ...options,
    onReady: announce,
    onMessage: (bytes) => handle(decodeMessage(bytes)),
    onLost: () => resendTimer?.cancel(),
  });

  /** A link or a session that is new to the server needs a registration of its own. */
  function announce(): void {
    registered = false;
    silentResends = 0;
    sendUnanswered();
  }

  /** Registers if the server has not answered yet, then repeats what has no receipt. */
  function sendUnanswered(): void {
    armResend();
    if (!registered) {
      interfaces.send(encodeMessage({ type: MessageType.registration, pneId: options.pneId }));
    }
    for (const reading of outstanding.values()) interfaces.send(reading);
  }

  function armResend(): void {
    resendTimer?.cancel();
    resendTimer = options.after(ImplementationLimits.receiptTimeoutMs, resend);
  }

  /** A server that stays silent may have lost its keys: the handshake is run anew. */
  function resend(): void {
    if (registered && outstanding.size === 0) return;
    silentResends += 1;
    if (silentResends <= ImplementationLimits.maxSilentResends) return sendUnanswered();
    silentResends = 0;
    interfaces.renew();
  }

  function handle(message: Message): void {
    silentResends = 0;
    switch (message.type) {
      case MessageType.registered:
        registered = true;
        return;
      case MessageType.receipt:
        return handleReceipt(message.id, message.status);
      case MessageType.content:
        return handleContent(message.id, message.payload);
      default:
        return refuse('messageInvalid');
    }
  }

  function handleReceipt(id: number, status: number): void {
    const reading = outstanding.get(id);
    if (reading === undefined) return;
    outstanding.delete(id);
    outstandingBytes -= reading.length;
    if (outstanding.size > 0) armResend();
    options.onReceipt(id, status === Status.ok);
  }

  function handleContent(id: number, payload: Uint8Array): void {
    const repeated = id <= highestContentId;
    const value = repeated ? undefined : options.payloads.decode(payload);
    interfaces.send(encodeMessage({ type: MessageType.receipt, id, status: Status.ok }));
    if (repeated) return;
    highestContentId = id;
    options.onContent(value);
  }

  return Object.freeze({
    get room(): number {
      const bytes = pneMaxOutstandingBytes - outstandingBytes;
      return Math.max(0, Math.min(pneMaxOutstanding - outstanding.size, Math.floor(bytes / payloadMaxBytes)));
    },
    get idle(): boolean {
      return outstanding.size === 0;
    },
    attach: interfaces.attach,
    report(value: unknown): number {
      if (outstanding.size >= pneMaxOutstanding) refuse('queueFull');
      const payload = options.payloads.encode(value);
      if (outstandingBytes + payload.length > pneMaxOutstandingBytes) refuse('queueFull');
      const id = readingIds.take();
      const reading = encodeMessage({ type: MessageType.reading, id, payload });
      outstanding.set(id, reading);
      outstandingBytes += reading.length;
      if (!interfaces.ready) return id;
      if (outstanding.size === 1) armResend();
      interfaces.send(reading);
      return id;
    },
  });
}
