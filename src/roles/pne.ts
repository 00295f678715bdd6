// SPDX-License-Identifier: Apache-2.0

import { ImplementationLimits } from '../limits.ts';
/**
 * The Personal Network Element: protects readings for the CPNS Server, keeps each until its receipt
 * comes, and sends it again when the link was lost or the receipt is late. The server tells a repeated
 * reading by its id, so that none is lost and none counts twice.
 */
import { Channel, decodeChannelMessage, encodeChannelMessage } from '../link/channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { decodePayload, encodePayload } from '../payload/codec.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import type { Session } from '../session/session.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from './message.ts';
import { Status } from './status.ts';

export interface PneOptions {
  readonly pneId: string;
  /** CPNS-3: end to end with the CPNS Server. */
  readonly session: Session;
  readonly after: After;
  /** Id of the first reading: above every id this PNE used before, restarts included. */
  readonly firstReadingId: number;
  /** A content of the server, decoded. Called once for each. */
  onContent(value: unknown): void;
  /** The server has this reading (`accepted`) or will never take it. There is room for another. */
  onReceipt(id: number, accepted: boolean): void;
  /** A message was refused; nothing changed. */
  onRefused(reason: ReasonName): void;
}

export interface Pne {
  /** How many readings may be reported now. */
  readonly room: number;
  /** Whether every reading reported so far has its receipt. */
  readonly idle: boolean;
  /** Adopts a link that just came up, and registers over it. Returns what the link shall call. */
  attach(link: Link): LinkEvents;
  /**
   * Protects and sends one reading, at once or when a link comes up, and returns its id. Refuses
   * `queueFull` without room, and what src/payload and src/session refuse; nothing is queued then.
   */
  report(value: unknown): number;
}

export function createPne(options: PneOptions): Pne {
  const { session } = options;
  /** Encoded readings without a receipt, by id. Bounded by `room`. */
  const outstanding = new Map<number, Uint8Array>();
  let nextReadingId = options.firstReadingId;
  let highestContentId = -1;
  let registered = false;
  let link: Link | undefined;
  let resendTimer: RunningTimer | undefined;

  function send(plaintext: Uint8Array): void {
    if (link !== undefined) transmit(link, session.protect(plaintext));
  }

  /** A link that cannot take a record has lost it: what needs an answer is sent again. */
  function transmit(current: Link, record: Uint8Array): void {
    try {
      current.send(encodeChannelMessage(Channel.endToEnd, record));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName);
    }
  }

  /** Registers if the server has not answered yet, then repeats what has no receipt. */
  function sendUnanswered(): void {
    armResend();
    if (!registered) send(encodeMessage({ type: MessageType.registration, pneId: options.pneId }));
    for (const reading of outstanding.values()) send(reading);
  }

  function armResend(): void {
    resendTimer?.cancel();
    resendTimer =
      link === undefined ? undefined : options.after(ImplementationLimits.receiptTimeoutMs, resend);
  }

  function resend(): void {
    if (!registered || outstanding.size > 0) sendUnanswered();
  }

  function receive(linkMessage: Uint8Array): void {
    try {
      const { body } = decodeChannelMessage(linkMessage);
      handle(decodeMessage(session.unprotect(body)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      options.onRefused(error.reasonName);
    }
  }

  function handle(message: Message): void {
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
    if (!outstanding.delete(id)) return;
    if (outstanding.size > 0) armResend();
    options.onReceipt(id, status === Status.ok);
  }

  function handleContent(id: number, payload: Uint8Array): void {
    const repeated = id <= highestContentId;
    const value = repeated ? undefined : decodePayload(payload);
    send(encodeMessage({ type: MessageType.receipt, id, status: Status.ok }));
    if (repeated) return;
    highestContentId = id;
    options.onContent(value);
  }

  return Object.freeze({
    get room(): number {
      return ImplementationLimits.pneMaxOutstanding - outstanding.size;
    },
    get idle(): boolean {
      return outstanding.size === 0;
    },
    attach(newLink: Link): LinkEvents {
      link = newLink;
      registered = false;
      sendUnanswered();
      return {
        onMessage: receive,
        onClosed(): void {
          if (link === newLink) link = undefined;
          resendTimer?.cancel();
        },
      };
    },
    report(value: unknown): number {
      if (outstanding.size >= ImplementationLimits.pneMaxOutstanding) refuse('queueFull');
      const id = nextReadingId;
      const reading = encodeMessage({ type: MessageType.reading, id, payload: encodePayload(value) });
      const current = link;
      const record = current === undefined ? undefined : session.protect(reading);
      nextReadingId += 1;
      outstanding.set(id, reading);
      if (outstanding.size === 1) armResend();
      if (current !== undefined && record !== undefined) transmit(current, record);
      return id;
    },
  });
}
