// SPDX-License-Identifier: Apache-2.0

/**
 * The gateway's end of CPNS-2: the Initiator's. Nothing passes to or from its server before both have proved who they
 * are; then routes do, and what the server states. A handshake that fails, and keys that are used up, end the link.
 */
import type { Secret } from '../crypto/provider.ts';
import { isError } from '../handshake/error-message.ts';
import { unwrapKey } from '../keys/wrapping.ts';
import { encodeChannelMessage } from '../link/channel.ts';
import { decodeInner, decodeOuter, GatewayChannel } from '../link/gateway-channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import {
  ControlKind,
  decodeControl,
  encodeConfirmation,
  type PnKey,
  type Revoked,
} from './gateway-control.ts';
import { initiate } from './initiation.ts';
import type { Initiation } from './initiation-options.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { renewalBound } from './secure-channel.ts';
import { closingAtKeyEnd, routesOver, sendRecord } from './secured-link.ts';
import type { GroupSeat } from './server-keys.ts';

export interface ServerLinkOptions {
  /** CPNS-2, with the server whose credential the gateway has. */
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Adopts the link, on which routes pass, once it is secured. */
  onSecured(link: Link): LinkEvents;
  onAgreed(agreement: Agreement): void;
  /** The server states that a PNE is withdrawn. `confirm` is called once that is done for good. */
  onWithdrawn(pneId: string, confirm: () => void): void;
  /** The server states that a PNE has joined. `confirm` is called once it would be let in for good. */
  onAdmitted(pneId: string, credential: Uint8Array, confirm: () => void): void;
  /** The server states what it has revoked. `confirm` is called once that is so here for good. */
  onRevoked(revoked: Revoked, confirm: () => void): void;
  /** The server states to which groups a PNE may send, and as whom. */
  onSeats(pneId: string, seats: readonly GroupSeat[]): void;
  /** The key of a PN, which is the callee's to wipe; undefined: the PN has ended. */
  onPnKey(reference: number, epoch: number, key: Secret | undefined): void;
  /** A message was refused and dropped. `peerRefused`: the server says so of this gateway, or somebody else does. */
  onRefused(reason: ReasonName): void;
}

/** Adopts a link to the server. Returns what the link shall call. */
export function secureServerLink(options: ServerLinkOptions, link: Link): LinkEvents {
  const end = new ServerLinkEnd(options, link);
  end.start();
  return {
    onMessage: (message) => end.receive(message),
    onClosed: () => end.end(),
  };
}

class ServerLinkEnd {
  private readonly options: ServerLinkOptions;
  private readonly link: Link;
  private initiation: Initiation | undefined;
  private agreement: Agreement | undefined;
  /** Its keys still open what the server sent before it had the newer ones. */
  private former: Agreement | undefined;
  private routes: LinkEvents | undefined;

  constructor(options: ServerLinkOptions, link: Link) {
    this.options = options;
    this.link = link;
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

  receive(message: Uint8Array): void {
    this.guard(() => {
      const { channel, body } = decodeOuter(message);
      if (channel === GatewayChannel.handshake) this.receiveHandshake(body);
      else this.receiveRecord(body);
    });
    this.guard(() => this.renewInTime());
  }

  end(): void {
    this.initiation?.stop();
    this.initiation = undefined;
    for (const each of [this.agreement, this.former]) each?.channel.close();
    this.agreement = undefined;
    this.former = undefined;
    this.routes?.onClosed();
    this.routes = undefined;
  }

  private initiate(): void {
    const { own, after, onRefused } = this.options;
    this.initiation = initiate({
      own,
      after,
      attestation: () => this.link.attestation(),
      send: (message) =>
        this.guard(() => this.link.send(encodeChannelMessage(GatewayChannel.handshake, message))),
      onAgreed: (agreement) => this.agree(agreement),
      onFailed: () => this.link.close(),
      onRefused,
    });
  }

  private receiveHandshake(body: Uint8Array): void {
    if (isError(body) && this.agreement === undefined) this.options.onRefused('peerRefused');
    this.initiation?.receive(body);
  }

  private agree(agreement: Agreement): void {
    this.initiation = undefined;
    this.former?.channel.close();
    this.former = this.agreement;
    this.agreement = agreement;
    this.options.onAgreed(agreement);
    this.routes ??= this.options.onSecured(routesOver(this.link, () => this.agreement?.channel));
  }

  private receiveRecord(record: Uint8Array): void {
    const { channel, body } = decodeInner(closingAtKeyEnd(this.link, () => this.unprotect(record)));
    if (channel === GatewayChannel.route) this.routes?.onMessage(body);
    else this.receiveControl(body);
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

  private receiveControl(body: Uint8Array): void {
    const control = decodeControl(body);
    // This end states nothing that could be confirmed.
    if (control.kind === ControlKind.confirmation) return refuse('messageInvalid');
    const confirm = () => this.guard(() => this.confirm(control.number));
    if (control.kind === ControlKind.withdrawn)
      return this.options.onWithdrawn(control.statement.pneId, confirm);
    if (control.kind === ControlKind.admitted)
      return this.options.onAdmitted(control.statement.pneId, control.statement.credential, confirm);
    if (control.kind === ControlKind.revoked) return this.options.onRevoked(control.statement, confirm);
    if (control.kind === ControlKind.pnKey) this.takePnKey(control.statement);
    else this.options.onSeats(control.statement.pneId, control.statement.seats);
    confirm();
  }

  private takePnKey({ reference, epoch, wrapped }: PnKey): void {
    const above = this.agreement?.channel.wrappingKey ?? refuse('keyUnwrapFailed');
    const { provider } = this.options.own;
    const key = wrapped.length === 0 ? undefined : unwrapKey(provider, above, reference, epoch, wrapped);
    this.options.onPnKey(reference, epoch, key);
  }

  private confirm(number: number): void {
    const channel = this.agreement?.channel;
    if (channel === undefined) return;
    sendRecord(this.link, channel, GatewayChannel.control, encodeConfirmation(number));
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

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName);
    }
  }
}
