// SPDX-License-Identifier: Apache-2.0

/** One gateway's link at the server: the Responder's end of CPNS-2. */
import { equalBytes } from '../bytes/compare.ts';
import type { Credential, Party } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { encodeChannelMessage } from '../link/channel.ts';
import { decodeInner, decodeOuter, GatewayChannel } from '../link/gateway-channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { ShortIds } from './connection-ids.ts';
import { ControlKind, decodeControl, encodeStatement, type Statement } from './gateway-control.ts';
import { type Agreement, type InterfaceOptions, jitterOf } from './interface.ts';
import { closingAtKeyEnd, routesOver, sendRecord } from './secured-link.ts';
import { Statements } from './statements.ts';
import { Succession } from './succession.ts';

export interface GatewayLinkOptions {
  readonly link: Link;
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Once, when the gateway is proved and has been told so. `statements` is there by then. */
  onSecured(routes: Link, gateway: Party): LinkEvents;
  onAgreed(agreement: Agreement): void;
  onRefused(reason: ReasonName, gateway: string | undefined): void;
}

export class GatewayLink {
  readonly link: Link;
  /** What the gateway is told, once the link is secured. */
  statements: Statements | undefined;
  private readonly options: GatewayLinkOptions;
  private readonly acceptance: Acceptance;
  private readonly agreements: Succession;
  private readonly securing: RunningTimer;
  private routes: LinkEvents | undefined;

  constructor(options: GatewayLinkOptions) {
    const { own, after, link } = options;
    this.options = options;
    this.link = link;
    const connectionIds = new ShortIds();
    this.agreements = new Succession(({ connectionId }) => connectionIds.release(connectionId));
    this.securing = after(ImplementationLimits.hopSecuringMs, () => link.close());
    this.acceptance = accept({
      own: { ...own, peers: { candidates: (idCred) => this.candidates(idCred) } },
      attestation: () => link.attestation(),
      after,
      connectionIds,
      send: (message) => link.send(encodeChannelMessage(GatewayChannel.handshake, message)),
      onAgreed: (agreement) => {
        this.securing.cancel();
        this.agreements.add(agreement);
        options.onAgreed(agreement);
      },
      onRefused: (reason) => options.onRefused(reason, this.peer?.subject),
    });
  }

  /** Whether keys can be sent on it: what is left to TLS has no key of a handshake in use. */
  get carriesKeys(): boolean {
    return this.agreements.agreement?.channel.wrappingKey !== undefined;
  }

  get peer(): Party | undefined {
    return this.agreements.agreement?.peer;
  }

  /** Takes a message of the link, borrowed for the call. */
  receive(message: Uint8Array): void {
    try {
      const { channel, body } = decodeOuter(message);
      if (channel === GatewayChannel.handshake) this.receiveHandshake(body);
      else this.receiveRecord(body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName, this.peer?.subject);
    }
  }

  /** The link is gone. */
  end(): void {
    this.securing.cancel();
    this.acceptance.stop();
    this.statements?.close();
    this.agreements.close();
    this.routes?.onClosed();
    this.routes = undefined;
  }

  /** message_4 leaves in front of whatever else the gateway is sent. */
  private receiveHandshake(body: Uint8Array): void {
    this.acceptance.receive(body);
    const { peer } = this;
    if (peer === undefined || this.routes !== undefined) return;
    this.statements = this.createStatements();
    const routes = routesOver(this.link, () => this.agreements.agreement?.channel);
    this.routes = this.options.onSecured(routes, peer);
  }

  private createStatements(): Statements {
    const { after, own } = this.options;
    return new Statements({
      after,
      random: jitterOf(own),
      send: (number, statement) => this.sendStatement(number, statement),
      onSilence: () => this.link.close(),
    });
  }

  private receiveRecord(record: Uint8Array): void {
    const message = closingAtKeyEnd(this.link, () => this.agreements.unprotect(record));
    if (this.statements !== undefined) this.statements.heard += 1;
    const { channel, body } = decodeInner(message);
    if (channel === GatewayChannel.route) return this.routes?.onMessage(body);
    const control = decodeControl(body);
    // A gateway states nothing.
    if (control.kind !== ControlKind.confirmation) return refuse('messageInvalid');
    this.statements?.confirm(control.number);
  }

  /** Keys go under that of the agreement in use, whichever that is when they are sent again. */
  private sendStatement(number: number, statement: Statement): void {
    try {
      const channel = this.agreements.agreement?.channel;
      const message = encodeStatement(number, statement, channel?.wrappingKey);
      sendRecord(this.link, channel, GatewayChannel.control, message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.options.onRefused(error.reasonName, this.peer?.subject);
    }
  }

  /** A link that one gateway has secured is that gateway's until it closes. Without a name it is none. */
  private candidates(idCred: Uint8Array): readonly Credential[] {
    const { peer } = this;
    return this.options.own.peers
      .candidates(idCred)
      .filter(({ subject, cred }) =>
        peer === undefined ? subject !== undefined : equalBytes(cred, peer.cred),
      );
  }
}
