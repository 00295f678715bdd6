// SPDX-License-Identifier: Apache-2.0

/** One gateway's link at the server: the Responder's end of CPNS-2. */
import type { Party } from '../handshake/credential.ts';
import { decodeInner, GatewayChannel } from '../link/gateway-channel.ts';
import type { Link, LinkEvents } from '../link/link.ts';
import { splitRoutes } from '../link/route.ts';
import type { After } from '../link/timer.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import {
  type Control,
  ControlKind,
  decodeControl,
  encodeRegistered,
  encodeStatement,
  type Registration,
  type Statement,
} from './gateway-control.ts';
import { GatewaySending } from './gateway-sending.ts';
import type { GatewayServices } from './gateway-services.ts';
import { type Agreement, type InterfaceOptions, jitterOf } from './interface.ts';
import { ResponderLink } from './responder-link.ts';
import { Statements } from './statements.ts';
import type { StatusCode } from './status.ts';

export interface GatewayLinkOptions {
  readonly link: Link;
  readonly own: InterfaceOptions;
  readonly after: After;
  /** Once, when the gateway is proved and has been told so. `statements` is there by then. */
  onSecured(routes: Link, gateway: Party): LinkEvents;
  onAgreed(agreement: Agreement): void;
  /** A gateway registers a user: `answer` is called with a status. Without it none is taken. */
  onRegistration?(gateway: string, registration: Registration, answer: (status: StatusCode) => void): void;
  onRefused(reason: ReasonName, gateway: string | undefined): void;
  /** Takes what the gateway asks for, where the server takes that. */
  readonly services?: GatewayServices;
}

export class GatewayLink {
  readonly link: Link;
  /** What the gateway is told, once the link is secured. */
  statements: Statements | undefined;
  private readonly options: GatewayLinkOptions;
  private readonly secured: ResponderLink;
  private readonly sending: GatewaySending;
  private routes: LinkEvents | undefined;
  private serve: ((message: Uint8Array) => void) | undefined;
  private isRegistering = false;

  constructor(options: GatewayLinkOptions) {
    this.options = options;
    this.link = options.link;
    this.secured = new ResponderLink({
      ...options,
      onSecured: (gateway) => this.begin(gateway),
      onMessage: (message) => this.receiveMessage(message),
    });
    this.sending = new GatewaySending(this.secured);
  }

  /** Whether keys can be sent on it: what is left to TLS has no key of a handshake in use. */
  get carriesKeys(): boolean {
    return this.secured.channel?.wrappingKey !== undefined;
  }

  get peer(): Party | undefined {
    return this.secured.peer;
  }

  /** Takes a message of the link, borrowed for the call. */
  receive(message: Uint8Array): void {
    this.secured.receive(message);
  }

  /** The link is gone. */
  end(): void {
    this.statements?.close();
    this.secured.end();
    this.serve = undefined;
    this.routes?.onClosed();
    this.routes = undefined;
  }

  private begin(gateway: Party): void {
    const { after, own, onSecured } = this.options;
    this.statements = new Statements({
      after,
      random: jitterOf(own),
      send: (number, statement) => this.secured.guard(() => this.sendStatement(number, statement)),
      onSilence: () => this.link.close(),
    });
    this.routes = onSecured(this.sending.routes, gateway);
    const name = gateway.subject!;
    this.serve = this.options.services?.serveGateway(
      name,
      (answer) => this.secured.guard(() => this.answer(answer)),
      (reason) => this.options.onRefused(reason, name),
    );
  }

  private receiveMessage(message: Uint8Array): void {
    if (this.statements !== undefined) this.statements.heard += 1;
    const { channel, body } = decodeInner(message);
    if (channel === GatewayChannel.routes) {
      for (const route of splitRoutes(body)) this.routes?.onMessage(route);
      return;
    }
    if (channel === GatewayChannel.services) return (this.serve ?? refuse('messageInvalid'))(body);
    const control = decodeControl(body);
    if (control.kind === ControlKind.registration) return this.register(control);
    // A gateway states nothing.
    if (control.kind !== ControlKind.confirmation) return refuse('messageInvalid');
    this.statements?.confirm(control.number);
  }

  /** Nobody is there for it where the link has ended meanwhile. */
  private answer(answer: Uint8Array): void {
    if (this.serve !== undefined) this.sending.services(answer);
  }

  /** One at a time: the gateway says it again. */
  private register({ number, registration }: Extract<Control, { registration: Registration }>): void {
    const { onRegistration = refuse('messageInvalid') } = this.options;
    const gateway = this.peer?.subject ?? refuse('credentialUnknown');
    if (this.isRegistering) refuse('queueFull');
    this.isRegistering = true;
    onRegistration(gateway, registration, (status) => {
      this.isRegistering = false;
      if (this.secured.channel !== undefined)
        this.secured.guard(() => this.sending.control(encodeRegistered(number, status)));
    });
  }

  /** Keys go under that of the agreement in use, whichever that is when they are sent again. */
  private sendStatement(number: number, statement: Statement): void {
    this.sending.control(encodeStatement(number, statement, this.secured.channel?.wrappingKey));
  }
}
