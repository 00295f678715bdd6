// SPDX-License-Identifier: Apache-2.0

/** The gateway's end of CPNS-2: the Initiator's. Once it is secured, routes pass, and what the server states. */
import type { Secret } from '../crypto/provider.ts';
import { unwrapKey } from '../keys/wrapping.ts';
import { decodeInner, GatewayChannel } from '../link/gateway-channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { splitRoutes } from '../link/route.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import {
  ControlKind,
  decodeControl,
  encodeConfirmation,
  encodeRegistration,
  type PnKey,
  type Revoked,
} from './gateway-control.ts';
import type { GatewayRegistrations } from './gateway-registrations.ts';
import { GatewaySending } from './gateway-sending.ts';
import { InitiatorLink } from './initiator-link.ts';
import { type Agreement, type InterfaceOptions, jitterOf } from './interface.ts';
import type { GroupSeat } from './server-keys.ts';
import type { WishAsking } from './wish-asking.ts';

export interface ServerLinkOptions {
  /** CPNS-2, with the server whose credential the gateway has. */
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Adopts the link, on which routes pass, once it is secured. */
  onSecured(link: Link): LinkEvents;
  onAgreed(agreement: Agreement): void;
  /** What the gateway asks for while the link lasts. */
  readonly wishes?: WishAsking;
  /** The server states that a PNE is withdrawn. `confirm` is called once that is done for good. */
  onWithdrawn(pneId: string, confirm: () => void): void;
  /** The server states that a PNE has joined. `confirm` is called once it would be let in for good. */
  onAdmitted(pneId: string, credential: Uint8Array, confirm: () => void): void;
  /** The server states what it has revoked. `confirm` is called once that is so here for good. */
  onRevoked(revoked: Revoked, confirm: () => void): void;
  /** The server states to which groups a PNE may send, and as whom. */
  onSeats(pneId: string, seats: readonly GroupSeat[]): void;
  /** The server states at which gateways a PNE is to be; at none: at any. */
  onPlaced(pneId: string, gateways: readonly string[]): void;
  /** The key of a PN, which is the callee's to wipe; undefined: the PN has ended. */
  onPnKey(reference: number, epoch: number, key: Secret | undefined): void;
  /** Users that are to be registered with the server, where there are any. */
  readonly registrations?: GatewayRegistrations;
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
  private readonly secured: InitiatorLink;
  private readonly sending: GatewaySending;
  private routes: LinkEvents | undefined;
  /** Verified messages of the server so far. */
  private heard = 0;

  constructor(options: ServerLinkOptions, link: Link) {
    this.options = options;
    this.secured = new InitiatorLink(
      {
        ...options,
        onSecured: () => {
          this.routes = options.onSecured(this.sending.routes);
          this.startWishes();
          options.registrations?.attach((...of) =>
            this.secured.guard(() => this.sending.control(encodeRegistration(...of))),
          );
        },
        onMessage: (message) => this.receiveMessage(message),
      },
      link,
    );
    this.sending = new GatewaySending(this.secured);
  }

  start(): void {
    this.secured.start();
  }

  receive(message: Uint8Array): void {
    this.secured.receive(message);
  }

  end(): void {
    if (this.routes !== undefined) this.options.wishes?.drop();
    this.secured.end();
    if (this.routes !== undefined) this.options.registrations?.detach();
    this.routes?.onClosed();
    this.routes = undefined;
  }

  private receiveMessage(message: Uint8Array): void {
    this.heard += 1;
    const { channel, body } = decodeInner(message);
    if (channel === GatewayChannel.control) return this.receiveControl(body);
    if (channel === GatewayChannel.services)
      return (this.options.wishes ?? refuse('messageInvalid')).receive(body);
    for (const route of splitRoutes(body)) this.routes?.onMessage(route);
  }

  private startWishes(): void {
    const { after, own, wishes } = this.options;
    const heard = () => this.heard;
    const pace = {
      ...{ after, random: jitterOf(own) },
      get heard(): number {
        return heard();
      },
    };
    wishes?.start(pace, (message) => this.secured.guard(() => this.sending.services(message)));
  }

  private receiveControl(body: Uint8Array): void {
    const control = decodeControl(body);
    // This end states nothing that could be confirmed.
    if (control.kind === ControlKind.confirmation || control.kind === ControlKind.registration)
      return refuse('messageInvalid');
    if (control.kind === ControlKind.registered)
      return this.options.registrations?.answered(control.number, control.status);
    const confirm = () => this.secured.guard(() => this.confirm(control.number));
    if (control.kind === ControlKind.withdrawn)
      return this.options.onWithdrawn(control.statement.pneId, confirm);
    if (control.kind === ControlKind.admitted)
      return this.options.onAdmitted(control.statement.pneId, control.statement.credential, confirm);
    if (control.kind === ControlKind.revoked) return this.options.onRevoked(control.statement, confirm);
    if (control.kind === ControlKind.pnKey) this.takePnKey(control.statement);
    else if (control.kind === ControlKind.placed)
      this.options.onPlaced(control.statement.pneId, control.statement.gateways);
    else this.options.onSeats(control.statement.pneId, control.statement.seats);
    confirm();
  }

  private takePnKey({ reference, epoch, wrapped }: PnKey): void {
    const above = this.secured.channel?.wrappingKey ?? refuse('keyUnwrapFailed');
    const { provider } = this.options.own;
    const key = wrapped.length === 0 ? undefined : unwrapKey(provider, above, reference, epoch, wrapped);
    this.options.onPnKey(reference, epoch, key);
  }

  private confirm(number: number): void {
    if (this.secured.channel !== undefined) this.sending.control(encodeConfirmation(number));
  }
}
