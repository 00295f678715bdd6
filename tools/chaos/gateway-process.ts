// SPDX-License-Identifier: Apache-2.0

/** A simulated PN GW: the real role and its secured link to the server, which it makes again when it is lost. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { createGateway, type Gateway } from '../../src/roles/gateway.ts';
import type { InterfaceOptions } from '../../src/roles/interface.ts';
import { ResumptionTable } from '../../src/roles/resumption-keys.ts';
import { secureServerLink } from '../../src/roles/server-link.ts';
import { hostileRelay } from './hostile-relay.ts';
import type { Random } from './random.ts';
import { RelayDisk } from './relay-disk.ts';
import type { ServerProcess } from './server-process.ts';
import type { Life } from './timeline.ts';
import { type Ether, type Tap, Wire, type WireEnd } from './wire.ts';

export interface GatewayProcessOptions {
  readonly ether: Ether;
  readonly random: Random;
  readonly life: Life;
  readonly hop: InterfaceOptions;
  readonly toServer: InterfaceOptions;
  readonly pneIds: readonly string[];
  readonly server: ServerProcess;
  /** What a hostile gateway does to what it relays, and what somebody does between it and the server. */
  readonly tap: Tap | undefined;
  readonly outerTap: Tap | undefined;
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
/** So few that PNEs take each other's place. */
const MAX_RESUMPTIONS = 3;
const MAX_STORING_MS = 2000;

export class GatewayProcess {
  readonly life: Life;
  /** Where PNEs connect to. */
  readonly pneSide: WireEnd;
  /** Its link to the server. */
  wire: Wire | undefined;
  /** PNEs that the server has withdrawn: it keeps them. */
  readonly withdrawn = new Set<string>();
  private readonly options: GatewayProcessOptions;
  private gateway: Gateway | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private readonly disk = new RelayDisk();

  constructor(options: GatewayProcessOptions) {
    this.options = options;
    this.life = options.life;
    this.pneSide = { life: this.life, attach: (link) => this.gateway!.attachPne(link) };
  }

  get isOn(): boolean {
    return this.gateway !== undefined;
  }

  start(): void {
    const after = this.options.ether.timeline.after(this.life);
    this.gateway = createGateway({
      hop: { ...this.options.hop, resumptions: new ResumptionTable({ maxPeers: MAX_RESUMPTIONS }) },
      ...{ after, queue: this.disk.open(after) },
      grants: lastingMembership(this.options.pneIds),
      pn: DEFAULT_PN,
      onAgreed: ({ peer }) => this.note(`agreed with ${peer.subject}`),
      onRefused: (reason, pneId) => this.note(`refused: ${reason} of ${pneId ?? 'somebody'}`),
    });
    this.pauseMs = FIRST_PAUSE_MS;
    this.connect();
  }

  /** Its process ends. The PNEs' own links tell them, now or after a while. */
  end(wires: readonly Wire[], isHeard: boolean): void {
    this.life.kill();
    this.gateway = undefined;
    for (const wire of [...wires, ...(this.wire === undefined ? [] : [this.wire])]) {
      if (isHeard) wire.cut();
      else wire.freeze();
    }
    this.wire = undefined;
  }

  restart(wires: readonly Wire[]): void {
    const { random, ether } = this.options;
    this.end(wires, random.chance(0.5));
    ether.timeline.in(random.whole(100, 20_000), this.life, () => this.start());
  }

  private connect(): void {
    const { server, ether, outerTap } = this.options;
    if (!server.isOn) return this.connectLater();
    this.wire = new Wire(
      ether,
      server.gatewaySide,
      { life: this.life, attach: (link) => this.attach(link) },
      outerTap,
    );
  }

  private attach(link: Link): LinkEvents {
    const { toServer, ether } = this.options;
    const { timeline } = ether;
    const events = secureServerLink(
      {
        own: toServer,
        after: timeline.after(this.life),
        onSecured: (routes) => this.adopt(routes),
        onAgreed: () => this.note('agreed with the server'),
        onPnKey: (...key) => this.gateway?.takePnKey(...key),
        // No PN is switched.
        onPlaced(): void {},
        onSeats: (pneId, seats) => this.gateway?.seat(pneId, seats),
        // Nobody joins here.
        onAdmitted: (_pneId, _credential, confirm) => confirm(),
        onWithdrawn: (pneId, confirm) => this.withdraw(pneId, confirm),
        // Nothing is revoked in a run.
        onRevoked: (_revoked, confirm) => confirm(),
        onRefused: (reason) => this.note(`refused: ${reason} of its link to the server`),
      },
      link,
    );
    const since = timeline.now;
    return {
      onMessage: (message) => events.onMessage(message),
      onClosed: () => {
        events.onClosed();
        this.note('its link to the server is gone');
        if (timeline.now - since > MAX_PAUSE_MS) this.pauseMs = FIRST_PAUSE_MS;
        this.connectLater();
      },
    };
  }

  private adopt(routes: Link): LinkEvents {
    const { tap, ether } = this.options;
    const adopt = (link: Link) => this.gateway!.attachServer(link);
    return tap === undefined ? adopt(routes) : hostileRelay(ether.timeline, this.life, tap, routes, adopt);
  }

  /** It takes a while to be stored, and may never be. */
  private withdraw(pneId: string, confirm: () => void): void {
    const { random, ether } = this.options;
    if (random.chance(0.2)) return;
    ether.timeline.in(random.whole(0, MAX_STORING_MS), this.life, () => {
      this.withdrawn.add(pneId);
      confirm();
    });
  }

  private connectLater(): void {
    const { random, ether } = this.options;
    const wait = this.pauseMs + random.whole(0, this.pauseMs / 2);
    this.pauseMs = Math.min(MAX_PAUSE_MS, 2 * this.pauseMs);
    ether.timeline.in(wait, this.life, () => this.connect());
  }

  private note(what: string): void {
    this.options.ether.chronicle.note(this.life.name, what);
  }
}
