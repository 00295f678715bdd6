// SPDX-License-Identifier: Apache-2.0

/**
 * One link of CPNS-2 or CPNS-5 at the end that answers: it is secured by a handshake, and then carries messages in
 * records. A link that one peer has secured is that peer's until it closes.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { Credential, Party } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import { encodeChannelMessage } from '../link/channel.ts';
import { decodeOuter, GatewayChannel } from '../link/gateway-channel.ts';
import type { Link } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { ShortIds } from './connection-ids.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import type { SecureChannel } from './secure-channel.ts';
import { closingAtKeyEnd, sendProtected } from './secured-link.ts';
import { Succession } from './succession.ts';

export interface ResponderLinkOptions {
  readonly link: Link;
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Once, when the peer is proved and has been told so. */
  onSecured(peer: Party): void;
  onAgreed(agreement: Agreement): void;
  /** What a record held, owned by the callee. What that refuses is reported. */
  onMessage(message: Uint8Array): void;
  /** `peer`: its subject, once the link is secured. */
  onRefused(reason: ReasonName, peer: string | undefined): void;
}

export class ResponderLink {
  readonly link: Link;
  private readonly options: ResponderLinkOptions;
  private readonly acceptance: Acceptance;
  private readonly agreements: Succession;
  private readonly securing: RunningTimer;
  private isSecured = false;

  constructor(options: ResponderLinkOptions) {
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
      onRefused: (reason) => this.report(reason),
    });
  }

  get peer(): Party | undefined {
    return this.agreements.agreement?.peer;
  }

  /** Of the agreement in use. */
  get channel(): SecureChannel | undefined {
    return this.agreements.agreement?.channel;
  }

  /** Takes a message of the link, borrowed for the call. */
  receive(message: Uint8Array): void {
    this.guard(() => {
      const { channel, body } = decodeOuter(message);
      if (channel === GatewayChannel.handshake) this.receiveHandshake(body);
      else this.options.onMessage(closingAtKeyEnd(this.link, () => this.agreements.unprotect(body)));
    });
  }

  /** Refuses what `sendProtected` refuses. */
  send(message: Uint8Array): void {
    sendProtected(this.link, this.channel, message);
  }

  /** The link is gone. */
  end(): void {
    this.securing.cancel();
    this.acceptance.stop();
    this.agreements.close();
  }

  /** Does what may be refused, which is reported then. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.report(error.reasonName);
    }
  }

  /** message_4 leaves in front of whatever else the peer is sent. */
  private receiveHandshake(body: Uint8Array): void {
    this.acceptance.receive(body);
    const { peer } = this;
    if (peer === undefined || this.isSecured) return;
    this.isSecured = true;
    this.options.onSecured(peer);
  }

  private report(reason: ReasonName): void {
    this.options.onRefused(reason, this.peer?.subject);
  }

  /** Without a name it is nobody. */
  private candidates(idCred: Uint8Array): readonly Credential[] {
    const { peer } = this;
    return this.options.own.peers
      .candidates(idCred)
      .filter(({ subject, cred }) =>
        peer === undefined ? subject !== undefined : equalBytes(cred, peer.cred),
      );
  }
}
