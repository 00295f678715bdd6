// SPDX-License-Identifier: Apache-2.0

/**
 * The Personal Network Element: secures the hop to its gateway (CPNS-1) and, through it, the end-to-end
 * interface with the CPNS Server (CPNS-3), registers there, and passes readings up and contents down. What
 * delivers each of them once is in src/delivery.
 */
import { ContentDelivery, decodeBareGrant } from '../authorization/bare.ts';
import { permits, type Scope } from '../authorization/scope.ts';
import type { BootStore } from '../delivery/boot.ts';
import { judge, NOTHING_RECEIVED, type Received, withReceived } from '../delivery/inbox.ts';
import { ImplementationLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import type { PnePayloads } from '../payload/payload.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { type Agreement, type InterfaceOptions, jitterOf } from './interface.ts';
import { isKeyType } from './key-message.ts';
import { decodeMessage, encodeMessage, type Message, MessageType } from './message.ts';
import { createPneInterfaces, type PneInterfaces } from './pne-interfaces.ts';
import type { BoundKeys, KeyHost, PneKeys } from './pne-keys.ts';
import { type Outcome, PneReadings } from './pne-readings.ts';
import { PneRegistration } from './pne-registration.ts';
import { Status, type StatusCode } from './status.ts';

export interface PneOptions {
  readonly pneId: string;
  /** CPNS-1 and CPNS-3. */
  readonly hop: InterfaceOptions;
  readonly endToEnd: InterfaceOptions;
  readonly after: After;
  readonly payloads: PnePayloads;
  readonly boots: BootStore;
  /** Key management and groups (createPneKeys), where it shall have them. */
  readonly keys?: PneKeys;
  onAgreed(agreement: Agreement): void;
  /** The server knows this boot: readings and contents pass. */
  onRegistered?(): void;
  /** A content of the server, decoded. Called once for each. */
  onContent(value: unknown): void;
  /** Nothing more will happen to this reading. There is room for another. */
  onReceipt(handle: number, outcome: Outcome): void;
  /** A message was refused, or by the store an epoch; nothing changed. */
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
   * Protects and sends one reading, at once or as soon as the server can be reached, and returns a handle: the
   * number of readings reported before it. Refuses `queueFull` without room, and what src/payload refuses; nothing
   * is queued then.
   */
  report(value: unknown): number;
  /**
   * So many readings wait for each other from now on, but no longer than there is room for another, the server is heard or
   * reached anew, or `flush` is called. 1: none waits.
   */
  gather(count: number): void;
  /** Sends what waits. */
  flush(): void;
}

export function createPne(options: PneOptions): Pne {
  const role = new PneRole(options);
  return Object.freeze({
    get room(): number {
      return role.readings.room;
    },
    get idle(): boolean {
      return role.readings.outbox.size === 0;
    },
    attach: (link: Link) => role.attach(link),
    report: (value: unknown) => role.readings.report(value),
    gather(count: number): void {
      role.readings.outbox.gathered = count;
    },
    flush: () => role.readings.outbox.fill(),
  });
}

class PneRole {
  private readonly options: PneOptions;
  private readonly pace: { readonly after: After; readonly random: () => number; heard: number };
  readonly readings: PneReadings;
  private readonly registration: PneRegistration;
  private readonly interfaces: PneInterfaces;
  private readonly keys: BoundKeys | undefined;
  private contents: { readonly epoch: number; readonly received: Received };
  /**
   * What the server may do here, as it said in the session that there is, which is younger than the boot, and for how
   * long: a PNE needs no clock. Who grants and to whom is one here, so that a grant which a gateway held back gives
   * nobody else anything.
   */
  private granted: Scope = [];
  private grantedMs = 0;
  private pulse: RunningTimer | undefined;

  constructor(options: PneOptions) {
    this.options = options;
    this.pace = { after: options.after, random: jitterOf(options.endToEnd), heard: 0 };
    this.contents = { epoch: 0, received: NOTHING_RECEIVED };
    this.readings = new PneReadings({
      ...options,
      pace: this.pace,
      send: (message) => this.interfaces.send(message),
      onSilence: () => this.renew(),
    });
    this.registration = new PneRegistration({
      ...options,
      pace: this.pace,
      fillRandom: options.endToEnd.provider.fillRandom,
      contents: () => ({ epoch: this.contents.epoch, next: this.contents.received.highest + 1 }),
      send: (message) => this.send(message),
      onRegistered: (epoch, boot, grant) => this.open(epoch, boot, grant),
      onTurnedAway: () => this.turnAway(),
      onEpochLeft: () => this.readings.leaveEpoch(),
      onSilence: () => this.renew(),
    });
    this.interfaces = createPneInterfaces({
      ...options,
      onReady: () => this.announce(),
      decode: (bytes) => this.decode(bytes),
      onMessage: (message) => this.receive(message),
      onContent: (content) => (this.keys ?? refuse('groupUnknown')).receiveContent(content),
      onLost: () => this.rest(),
    });
    this.keys = options.keys?.bind(this.keyHost());
  }

  attach(link: Link): LinkEvents {
    return this.interfaces.attach(link);
  }

  private keyHost(): KeyHost {
    const { interfaces, pace, options } = this;
    return {
      pace,
      payloads: options.payloads,
      get wrappingKey() {
        return interfaces.wrappingKey;
      },
      send: interfaces.send,
      sendContent: interfaces.sendContent,
      onRefused: options.onRefused,
    };
  }

  /** A link or a session that is new to the server needs a registration of its own. */
  private announce(): void {
    this.rest();
    this.registration.start();
  }

  private open(contentsEpoch: number, boot: number, grant: Uint8Array | undefined): void {
    this.takeGrant(grant);
    const isNew = contentsEpoch !== this.contents.epoch;
    if (isNew) this.contents = { epoch: contentsEpoch, received: NOTHING_RECEIVED };
    this.readings.outbox.open();
    this.keys?.start(boot);
    this.watch();
    this.options.onRegistered?.();
  }

  /**
   * A PNE that has nothing to say does not notice that the server forgot its keys, and gets no contents. What the server
   * may do ends by this timer, too.
   */
  private watch(): void {
    const { heard } = this.pace;
    const wait = Math.min(ImplementationLimits.signOfLifeMs, this.grantedMs);
    this.pulse?.cancel();
    this.pulse = this.options.after(wait, () => {
      this.grantedMs -= wait;
      if (this.grantedMs <= 0 || this.pace.heard === heard) this.announce();
      else this.watch();
    });
  }

  /** In place of the former; refuses what is none. */
  private takeGrant(bytes: Uint8Array | undefined): void {
    const grant = bytes && decodeBareGrant(bytes);
    this.granted = grant?.scope ?? [];
    this.grantedMs = (grant?.exi ?? Number.POSITIVE_INFINITY) * 1000;
  }

  private turnAway(): void {
    this.pulse?.cancel();
    this.readings.outbox.close();
  }

  private rest(): void {
    this.pulse?.cancel();
    this.registration.stop();
    this.readings.rest();
    this.keys?.stop();
  }

  /** A server that stays silent may have lost its keys: the handshake is run anew. */
  private renew(): void {
    this.rest();
    this.interfaces.renew();
  }

  /** Of a message to a PNE the head has one byte, and so the type is the second. */
  private decode(bytes: Uint8Array): Message | undefined {
    if (this.keys === undefined || !isKeyType(bytes[1] ?? 0)) return decodeMessage(bytes);
    this.pace.heard += 1;
    this.keys.receive(bytes);
    this.readings.outbox.hurry();
    return undefined;
  }

  private receive(message: Message): void {
    this.pace.heard += 1;
    this.handle(message);
    this.readings.outbox.hurry();
  }

  private handle(message: Message): void {
    switch (message.type) {
      case MessageType.registered:
        return this.registration.handle(message);
      case MessageType.receipt:
        return this.readings.settle(message);
      case MessageType.dictionary:
        return this.readings.names.handle(message.known);
      case MessageType.content:
        return this.takeContent(message.number, message.payload);
      default:
        return refuse('messageInvalid');
    }
  }

  private takeContent(number: number, payload: Uint8Array): void {
    if (!this.registration.isDone) refuse('stateInvalid');
    const judgement = judge(this.contents.received, number);
    if (judgement === 'tooOld') refuse('tooOldToTell');
    if (!permits(this.granted, ContentDelivery.object, ContentDelivery.bit)) {
      this.confirm(number, Status.notAuthorized);
      refuse('notAuthorized');
    }
    const value = judgement === 'new' ? this.decodeOrReject(number, payload) : undefined;
    this.confirm(number, Status.ok);
    if (judgement === 'seen') return;
    this.contents = { ...this.contents, received: withReceived(this.contents.received, number) };
    this.options.onContent(value);
  }

  private decodeOrReject(number: number, payload: Uint8Array): unknown {
    try {
      return this.options.payloads.decode(payload);
    } catch (error) {
      this.confirm(number, Status.badRequest);
      throw error;
    }
  }

  private confirm(number: number, status: StatusCode): void {
    this.send({ type: MessageType.receipt, number, status });
  }

  private send(message: Message): void {
    this.interfaces.send(encodeMessage(message));
  }
}
