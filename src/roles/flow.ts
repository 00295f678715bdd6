// SPDX-License-Identifier: Apache-2.0

/** One PNE's link at its gateway, numbered for the server: the Responder's end of CPNS-1. */
import { equalBytes } from '../bytes/compare.ts';
import { copyBytes } from '../bytes/copy.ts';
import type { Credential, Party } from '../handshake/credential.ts';
import { ImplementationLimits } from '../limits.ts';
import {
  Channel,
  decodeEndToEndMessage,
  decodeHopMessage,
  encodeChannelMessage,
  onboardingBody,
} from '../link/channel.ts';
import type { Link } from '../link/link.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { type Acceptance, accept } from './acceptance.ts';
import { ShortIds } from './connection-ids.ts';
import type { Agreement, InterfaceOptions } from './interface.ts';
import { Succession } from './succession.ts';

export interface FlowOptions {
  readonly number: number;
  readonly link: Link;
  readonly hop: InterfaceOptions;
  readonly after: After;
  onAgreed(agreement: Agreement): void;
  /** Whether a PNE that has no credential may begin to join here. */
  mayJoin(): boolean;
  /** An end-to-end message of the PNE, out of a verified record, or one of its onboarding. */
  onMessage(message: Uint8Array): void;
  onRefused(reason: ReasonName): void;
}

export class Flow {
  readonly number: number;
  readonly link: Link;
  private readonly options: FlowOptions;
  private readonly acceptance: Acceptance;
  private readonly agreements: Succession;
  private readonly securing: RunningTimer;
  /** Messages of a PNE that joins, so far. */
  private joining = 0;

  constructor(options: FlowOptions) {
    this.options = options;
    this.number = options.number;
    this.link = options.link;
    const connectionIds = new ShortIds();
    this.agreements = new Succession(({ connectionId }) => connectionIds.release(connectionId));
    this.securing = options.after(ImplementationLimits.hopSecuringMs, () => this.link.close());
    this.acceptance = accept({
      own: { ...options.hop, peers: { candidates: (idCred) => this.candidates(idCred) } },
      attestation: () => this.link.attestation(),
      after: options.after,
      connectionIds,
      send: (message) => this.link.send(encodeChannelMessage(Channel.hopHandshake, message)),
      onAgreed: (agreement) => this.agree(agreement),
      onRefused: options.onRefused,
    });
  }

  /** Whether a PNE has proved itself. */
  get isSecured(): boolean {
    return this.agreements.agreement !== undefined;
  }

  /** Whether a PNE that has no credential yet speaks to the server here. */
  get isJoining(): boolean {
    return this.joining > 0 && !this.isSecured;
  }

  get peer(): Party | undefined {
    return this.agreements.agreement?.peer;
  }

  belongsTo({ cred }: Party): boolean {
    return this.peer !== undefined && equalBytes(this.peer.cred, cred);
  }

  /** Takes a message of the link, borrowed for the call. */
  receive(message: Uint8Array): void {
    const onboarding = onboardingBody(message);
    if (onboarding !== undefined) return this.relayJoining(message, onboarding);
    const { channel, body } = decodeHopMessage(message);
    if (channel === Channel.hopHandshake) return this.acceptance.receive(body);
    const endToEnd = this.agreements.unprotect(body);
    decodeEndToEndMessage(endToEnd);
    this.options.onMessage(endToEnd);
  }

  /**
   * Protects and sends an end-to-end message, borrowed for the call, where the hop is secured; one of an onboarding that is
   * under way as it is.
   */
  send(message: Uint8Array): void {
    if (onboardingBody(message) !== undefined) {
      if (!this.isJoining) refuse('onboardingClosed');
      return this.link.send(copyBytes(message));
    }
    const { agreement } = this.agreements;
    if (agreement === undefined) return;
    this.link.send(encodeChannelMessage(Channel.hopRecord, agreement.channel.protect(message)));
  }

  /** The link is gone. */
  end(): void {
    this.securing.cancel();
    this.acceptance.stop();
    this.agreements.close();
  }

  /** Of somebody who has proved nothing: a few messages, none longer than one of a handshake. */
  private relayJoining(message: Uint8Array, { length }: Uint8Array): void {
    const { onboardingMaxMessages, handshakeMaxMessageBytes } = ImplementationLimits;
    const isOver = this.joining >= onboardingMaxMessages || length > handshakeMaxMessageBytes;
    if (this.isSecured || isOver || !(this.isJoining || this.options.mayJoin())) refuse('onboardingClosed');
    this.joining += 1;
    this.options.onMessage(message);
  }

  private agree(agreement: Agreement): void {
    this.securing.cancel();
    this.agreements.add(agreement);
    this.options.onAgreed(agreement);
  }

  /** A link that one PNE has secured is that PNE's until it closes: no other takes its place. */
  private candidates(idCred: Uint8Array): readonly Credential[] {
    const candidates = this.options.hop.peers.candidates(idCred);
    return this.isSecured ? candidates.filter((peer) => this.belongsTo(peer)) : candidates;
  }
}
