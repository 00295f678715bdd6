// SPDX-License-Identifier: Apache-2.0

/**
 * What one end of CPNS-2 sends once its link is secured. Where the link has turns the routes of a turn go together:
 * that is one record for all of them, with one header and tag.
 */
import { concatBytes } from '../bytes/compare.ts';
import { ImplementationLimits } from '../limits.ts';
import { GatewayChannel, type InnerChannel } from '../link/gateway-channel.ts';
import type { Link } from '../link/link.ts';
import { refuse } from '../refusal.ts';
import type { SecureChannel } from './secure-channel.ts';
import { sendProtected } from './secured-link.ts';

/** The end of a link of CPNS-2, whichever it is. */
export interface SecuredEnd {
  readonly link: Link;
  /** Of the agreement in use. */
  readonly channel: SecureChannel | undefined;
  /** Does what may be refused, which is reported then. */
  guard(work: () => void): void;
}

/** Of all routes in a record: with their channel they are a message of it. */
const MAX_BYTES = ImplementationLimits.recordMaxMessageBytes - 1;

export class GatewaySending {
  /** Takes routes. Refuses `tooLong`, and `linkClosed` where nothing is agreed; a later refusal is reported. */
  readonly routes: Link;
  private readonly end: SecuredEnd;
  private held: Uint8Array[] = [];
  private heldBytes = 0;

  constructor(end: SecuredEnd) {
    this.end = end;
    this.routes = {
      send: (route) => this.route(route),
      attestation: () => end.link.attestation(),
      close: () => end.link.close(),
    };
  }

  /** Sends a control message, behind the routes before it. Refuses what `sendProtected` refuses. */
  control(message: Uint8Array): void {
    this.release();
    this.send(GatewayChannel.control, message);
  }

  /** Sends what is asked for or answered, in the same way. */
  services(message: Uint8Array): void {
    this.release();
    this.send(GatewayChannel.services, message);
  }

  private route(route: Uint8Array): void {
    const { link, channel } = this.end;
    if (link.atTurnEnd === undefined) return this.send(GatewayChannel.routes, route);
    if (channel === undefined) refuse('linkClosed');
    if (route.length > MAX_BYTES) refuse('tooLong');
    if (this.heldBytes + route.length > MAX_BYTES) this.release();
    if (this.held.length === 0) link.atTurnEnd(() => this.release());
    this.held.push(route);
    this.heldBytes += route.length;
  }

  /** Sends what is held, unless the link is gone. It is lost where that is refused. */
  private release(): void {
    const { held, end } = this;
    this.held = [];
    this.heldBytes = 0;
    if (held.length > 0 && end.channel !== undefined)
      end.guard(() => this.send(GatewayChannel.routes, ...held));
  }

  private send(kind: InnerChannel, ...bodies: Uint8Array[]): void {
    const { link, channel } = this.end;
    sendProtected(link, channel, concatBytes(Uint8Array.of(kind), ...bodies));
  }
}
