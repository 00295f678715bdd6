// SPDX-License-Identifier: Apache-2.0

/**
 * One PNE at the CPNS Server: takes its registration and its readings, and delivers contents to it. What it says of
 * a message is stored first.
 */
import type { PnOperation } from '../authorization/membership.ts';
import { Outbox } from '../delivery/outbox.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import type { PayloadCodec } from '../payload/payload.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { Agreement } from './interface.ts';
import { isKeyType } from './key-message.ts';
import {
  decodeMessage,
  encodeMessage,
  type Message,
  MessageType,
  type Registration,
  type RegistrationAnswer,
} from './message.ts';
import type { PeerLedger } from './peer-ledger.ts';
import { PeerReadings } from './peer-readings.ts';
import {
  type PeerRecord,
  type Registered,
  withContent,
  withNumber,
  withoutContent,
  withRegistration,
} from './peer-record.ts';
import { messageTypeOf } from './readings-message.ts';
import type { Reading } from './server-store.ts';
import { Status } from './status.ts';

/** What became of a content. `unknown`: it was sent, and nobody will ever tell whether it was received. */
export type ContentOutcome = 'delivered' | 'rejected' | 'unknown';

export interface ServerPeerOptions {
  readonly pneId: string;
  readonly ledger: PeerLedger;
  readonly payloads: PayloadCodec;
  readonly after: After;
  random(): number;
  /** What the PNE may do, asked of each message: what is revoked is so before the next one. */
  permits(action: PnOperation): boolean;
  /** What the server may do at the PNE, for the PNE. */
  serverGrant(): Uint8Array | undefined;
  /** Protects and sends a message under these keys. */
  send(agreement: Agreement, message: Uint8Array): void;
  onRegistered(pneId: string): void;
  onReading(pneId: string, reading: Reading): void;
  onContentSettled(pneId: string, ticket: number, outcome: ContentOutcome): void;
  /** A message about keys, of the boot that registered in this session. */
  onKeyMessage(agreement: Agreement, boot: number, message: Uint8Array): void;
  onRefused(reason: ReasonName, pneId: string): void;
}

export class ServerPeer {
  private readonly options: ServerPeerOptions;
  private readonly pace: { readonly after: After; readonly random: () => number; heard: number };
  private readonly contents: Outbox;
  private readonly readings: PeerReadings;
  /** The session in which the PNE has registered: it fixes the epochs. */
  private session: Agreement | undefined;
  /** What asked to register last and was turned away. */
  private turnedAway: { readonly agreement: Agreement; readonly registration: Registration } | undefined;
  /** Tickets of contents that are being forgotten. */
  private readonly settling = new Set<number>();
  /** Contents that are being stored. */
  private queueing = 0;

  constructor(options: ServerPeerOptions) {
    this.options = options;
    this.pace = { after: options.after, random: () => options.random(), heard: 0 };
    const { record } = options.ledger;
    const span = ImplementationLimits.contentSpan;
    this.contents = new Outbox(
      {
        pace: this.pace,
        span,
        reserve: (ticket, number, then) => this.store((record) => withNumber(record, ticket, number), then),
        transmit: (number, [payload]) => this.sendContent(number, payload!),
      },
      record.stream.next,
    );
    this.readings = new PeerReadings({ ...options, send: (session, message) => this.send(session, message) });
    for (const { ticket, payload, number } of record.contents) this.contents.add(ticket, payload, number);
  }

  /** Names of fields that the PNE has told in its present session. */
  get fields(): readonly string[] {
    return this.session === undefined ? [] : this.readings.fields;
  }

  /** Takes a verified message over. Refuses what it cannot take, and changes nothing then. */
  receive(agreement: Agreement, bytes: Uint8Array): void {
    const type = messageTypeOf(bytes);
    if (isKeyType(type)) return this.receiveAboutKeys(agreement, bytes);
    const isTogether = type === MessageType.readings || type === MessageType.dictionary;
    const message = isTogether ? undefined : decodeMessage(bytes);
    if (!this.options.permits('pn-join')) return this.turnAway(agreement, message);
    if (message?.type === MessageType.registration) return this.register(agreement, message);
    if (agreement !== this.session) refuse('stateInvalid');
    this.pace.heard += 1;
    if (message === undefined) this.readings.receive(agreement, type, bytes);
    else if (message.type === MessageType.reading)
      this.readings.take(agreement, message.number, [message.payload]);
    else if (message.type === MessageType.receipt && message.more === undefined)
      this.settle(message.number, message.status);
    else refuse('messageInvalid');
    this.contents.hurry();
  }

  private receiveAboutKeys(agreement: Agreement, bytes: Uint8Array): void {
    if (agreement !== this.session) refuse('stateInvalid');
    this.pace.heard += 1;
    this.options.onKeyMessage(agreement, this.options.ledger.record.boot!.epoch, bytes);
    this.contents.hurry();
  }

  /**
   * Queues a content, and calls `taken` with its ticket when it is stored; with undefined where it could not be.
   * Refuses `queueFull`, and what src/payload refuses.
   */
  deliver(value: unknown, taken: (ticket: number | undefined) => void): void {
    if (this.contents.size + this.queueing >= ImplementationLimits.serverMaxQueuedContents)
      refuse('queueFull');
    const payload = this.options.payloads.encode(value);
    let ticket = 0;
    this.queueing += 1;
    this.store(
      (record) => {
        ticket = record.nextTicket;
        return withContent(record, payload);
      },
      (stored) => {
        this.queueing -= 1;
        taken(stored ? ticket : undefined);
        if (stored) this.contents.add(ticket, payload);
      },
    );
  }

  /** Grants have changed: a PNE that was turned away and may join now is answered, if it still listens. */
  readmit(): void {
    const { turnedAway } = this;
    if (turnedAway === undefined || !this.options.permits('pn-join')) return;
    this.register(turnedAway.agreement, turnedAway.registration);
  }

  /** Says nothing any more. */
  close(): void {
    this.session = undefined;
    this.turnedAway = undefined;
    this.contents.close();
    this.options.ledger.close();
  }

  /** Ends the session, and says so. The PNE keeps its readings, and asks again. */
  private turnAway(agreement: Agreement, message: Message | undefined): never {
    const { boot } = this.options.ledger.record;
    const registration = message?.type === MessageType.registration ? message : undefined;
    const answered = registration?.epoch ?? boot?.epoch;
    if (registration !== undefined) this.turnedAway = { agreement, registration };
    this.session = undefined;
    this.contents.close();
    if (answered !== undefined)
      this.say(agreement, { status: Status.notAuthorized, answered, epoch: answered });
    return refuse('notAuthorized');
  }

  private sendContent(number: number, payload: Uint8Array): void {
    if (this.options.permits('pn-receive'))
      this.send(this.session, { type: MessageType.content, number, payload });
  }

  /** The name inside the record must be the one that the handshake verified (no identity misbinding). */
  private register(agreement: Agreement, registration: Registration): void {
    if (registration.pneId !== this.options.pneId) refuse('messageInvalid');
    this.turnedAway = undefined;
    let result: Registered | undefined;
    this.store(
      (record) => {
        result = withRegistration(record, registration);
        // A session has one epoch: this one was sent before the one that holds, and came late.
        if (agreement === this.session && (result.isBehind || result.record !== record)) result = undefined;
        return result?.record ?? record;
      },
      (stored) => {
        if (stored && result !== undefined) this.answer(agreement, registration.epoch, result);
      },
    );
  }

  private answer(agreement: Agreement, answered: number, result: Registered): void {
    const { isBehind, isRecordBehind, unknown } = result;
    const { boot, stream } = this.options.ledger.record;
    if (isBehind) {
      this.say(agreement, { status: Status.epochBehind, answered, epoch: boot!.epoch });
      return this.report('epochBehind');
    }
    if (isRecordBehind) this.report('storeBehind');
    this.session = agreement;
    this.contents.close();
    if (isRecordBehind) this.contents.restart();
    for (const ticket of unknown) this.giveUp(ticket);
    this.readings.greet(agreement);
    const grant = this.options.serverGrant();
    this.say(agreement, {
      status: Status.ok,
      answered,
      epoch: stream.epoch,
      ...(grant !== undefined && { grant }),
    });
    this.options.onRegistered(this.options.pneId);
    this.pace.heard += 1;
    this.contents.open();
  }

  private giveUp(ticket: number): void {
    this.contents.settle(ticket);
    this.options.onContentSettled(this.options.pneId, ticket, 'unknown');
  }

  private settle(number: number, status: number): void {
    const ticket = this.contents.find(number);
    if (ticket === undefined || this.settling.has(ticket)) return;
    this.settling.add(ticket);
    this.store(
      (record) => withoutContent(record, ticket),
      (stored) => {
        this.settling.delete(ticket);
        if (!stored) return;
        this.contents.settle(ticket);
        const outcome = status === Status.ok ? 'delivered' : 'rejected';
        this.options.onContentSettled(this.options.pneId, ticket, outcome);
      },
    );
  }

  private store(apply: (record: PeerRecord) => PeerRecord, done: (stored: boolean) => void): void {
    this.options.ledger.change(
      (record) => ({ record: apply(record) }),
      (stored) => {
        if (!stored) this.report('storeFailed');
        done(stored);
      },
    );
  }

  private report(reason: ReasonName): void {
    this.options.onRefused(reason, this.options.pneId);
  }

  private say(agreement: Agreement, answer: RegistrationAnswer): void {
    this.options.send(agreement, encodeMessage({ type: MessageType.registered, ...answer }));
  }

  /** Of what came in another session the numbers are another's. */
  private send(session: Agreement | undefined, message: Message): void {
    if (session !== undefined && session === this.session) this.options.send(session, encodeMessage(message));
  }
}
