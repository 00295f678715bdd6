// SPDX-License-Identifier: Apache-2.0

/**
 * One link of CPNS-2 or CPNS-5 at the end that begins: nothing passes before both have proved who they are. A handshake
 * that fails, and keys that are used up, end the link.
 */
import { isError } from '../handshake/error-message.ts';
import { encodeChannelMessage } from '../link/channel.ts';
import { decodeOuter, GatewayChannel } from '../link/gateway-channel.ts';
import type { Link } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { initiate } from './initiation.ts';
import type { Initiation } from './initiation-options.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { renewalBound, type SecureChannel } from './secure-channel.ts';
import { closingAtKeyEnd, sendProtected } from './secured-link.ts';

export interface InitiatorLinkOptions {
  /** The interface, with the server whose credential this end has. */
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Once, when both ends have proved who they are. */
  onSecured(): void;
  onAgreed(agreement: Agreement): void;
  /** What a record held, owned by the callee. What that refuses is reported. */
  onMessage(message: Uint8Array): void;
  /** A message was refused and dropped. `peerRefused`: the server says so of this end, or somebody else does. */
  onRefused(reason: ReasonName): void;
}

export class InitiatorLink {
  readonly link: Link;
  private readonly options: InitiatorLinkOptions;
  private initiation: Initiation | undefined;
  private agreement: Agreement | undefined;
  /** Its keys still open what the server sent before it had the newer ones. */
  private former: Agreement | undefined;
  /** The server refuses this end: what the handshake makes of such a message is no further news. */
  private isRefused = false;

  constructor(options: InitiatorLinkOptions, link: Link) {
    this.options = options;
    this.link = link;
  }

  /** Of the agreement in use. */
  get channel(): SecureChannel | undefined {
    return this.agreement?.channel;
  }

  start(): void {
    this.guard(() => {
      try {
        this.initiate();
      } catch (error) {
        this.link.close();
        throw error;
      }
    });
  }

  /** Takes a message of the link, borrowed for the call. */
  receive(message: Uint8Array): void {
    this.guard(() => {
      const { channel, body } = decodeOuter(message);
      if (channel === GatewayChannel.handshake) this.receiveHandshake(body);
      else this.options.onMessage(closingAtKeyEnd(this.link, () => this.unprotect(body)));
    });
    this.guard(() => this.renewInTime());
  }

  /** Refuses what `sendProtected` refuses. */
  send(message: Uint8Array): void {
    sendProtected(this.link, this.channel, message);
  }

  /** The link is gone. */
  end(): void {
    this.initiation?.stop();
    this.initiation = undefined;
    for (const each of [this.agreement, this.former]) each?.channel.close();
    this.agreement = undefined;
    this.former = undefined;
  }

  /** Does what may be refused, which is reported then. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName);
    }
  }

  private initiate(): void {
    const { own, after } = this.options;
    this.initiation = initiate({
      own,
      after,
      attestation: () => this.link.attestation(),
      send: (message) =>
        this.guard(() => this.link.send(encodeChannelMessage(GatewayChannel.handshake, message))),
      onAgreed: (agreement) => this.agree(agreement),
      onFailed: () => this.link.close(),
      onRefused: (reason) => {
        if (!this.isRefused) this.options.onRefused(reason);
      },
    });
  }

  private receiveHandshake(body: Uint8Array): void {
    this.isRefused = isError(body) && this.agreement === undefined;
    if (this.isRefused) this.options.onRefused('peerRefused');
    this.initiation?.receive(body);
    this.isRefused = false;
  }

  private agree(agreement: Agreement): void {
    const isFirst = this.agreement === undefined;
    this.initiation = undefined;
    this.former?.channel.close();
    this.former = this.agreement;
    this.agreement = agreement;
    this.options.onAgreed(agreement);
    if (isFirst) this.options.onSecured();
  }

  /** On a link that keeps the order nothing under the former keys comes after the first record under the newer. */
  private unprotect(record: Uint8Array): Uint8Array {
    const { channel } = this.agreement ?? refuse('contextUnknown');
    const { former } = this;
    if (former === undefined) return channel.unprotect(record);
    try {
      const message = channel.unprotect(record);
      this.former = undefined;
      former.channel.close();
      return message;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return former.channel.unprotect(record);
    }
  }

  /** New keys are made while the old still serve, by what either end has sealed: the server cannot ask for them. */
  private renewInTime(): void {
    const { agreement, initiation, options } = this;
    if (agreement === undefined || initiation !== undefined) return;
    const { channel, choice } = agreement;
    const algorithm = choice.toInitiator.recordAlgorithm;
    if (algorithm === undefined) return;
    const most = options.own.renewAfter ?? renewalBound(algorithm);
    if (channel.renewalDue || channel.newestReceived >= most) this.initiate();
  }
}
