// SPDX-License-Identifier: Apache-2.0
import bleHost, { type ClientCharacteristic, type Connection, type Manager } from 'ble-host';
import { ImplementationLimits } from '../../limits.ts';
import { type BleDemand, BleUuid } from '../../link/ble.ts';
import type { Link, LinkEvents } from '../../link/link.ts';
import type { After, RunningTimer } from '../../link/timer.ts';
import type { Bonds, Peer } from './bonds.ts';
import { CentralLink } from './central-link.ts';
import { Gate, type GateUser } from './gate.ts';

export interface PneConnectionOptions {
  readonly manager: Manager;
  /** This gateway's. Where they are full, PNEs without one are refused. */
  readonly bonds: Bonds;
  readonly demand: BleDemand;
  /** As SMP numbers them. */
  readonly ioCapabilities: number;
  readonly after: After;
  onLink(link: Link): LinkEvents;
  /** Who stands in front of the gateway, asked about the PNE at that address. */
  user(peer: Peer): GateUser;
}

/** Of use: its link lasted for `linkUsefulMs`, or a record was sent on it. */
export type Outcome = 'unreached' | 'useless' | 'useful';

export interface PneConnectionEvents {
  /** It is connected. */
  onReached(): void;
  onSecured(): void;
  onRefused(reason: string): void;
  /** Comes once and last. */
  onEnd(outcome: Outcome): void;
}

const { AttErrors, HciErrors } = bleHost;
/** Reasons of a disconnection that the peer has chosen. */
const HANG_UPS: readonly number[] = Object.freeze([
  HciErrors.AUTHENTICATION_FAILURE!,
  HciErrors.REMOTE_USER_TERMINATED_CONNECTION!,
]);
/** 15 ms, in units of 1.25 ms: the pace that firmware/links/ble-link.ts sends at. Supervision in units of 10 ms. */
const PARAMETERS = Object.freeze({ connIntervalMin: 12, connIntervalMax: 12, supervisionTimeout: 200 });

/** The gateway's connection to one PNE, from the first try to the end. */
export class PneConnection {
  private readonly options: PneConnectionOptions;
  private readonly events: PneConnectionEvents;
  private patience: RunningTimer;
  private readonly pending: { cancel(callback?: () => void): void };
  private connection: Connection | undefined;
  private gate: Gate | undefined;
  private link: CentralLink | undefined;
  private isSecured = false;
  /** Whether the end is this side's doing, or its reason has been told. */
  private isExplained = false;
  private isEnding = false;
  private hasLasted = false;
  private isOver = false;

  constructor(options: PneConnectionOptions, peer: Peer, events: PneConnectionEvents) {
    this.options = options;
    this.events = events;
    // Who is not reached has refused nothing, and may be tried again when it is heard.
    this.patience = options.after(ImplementationLimits.gatewayReachMs, () =>
      this.pending.cancel(() => this.finish()),
    );
    this.pending = options.manager.connect(peer.addressType, peer.address, PARAMETERS, (connection) =>
      this.adopt(connection, peer),
    );
  }

  /** `onEnd` follows. */
  end(): void {
    this.isExplained = true;
    this.isEnding = true;
    if (this.connection === undefined) this.pending.cancel(() => this.finish());
    else this.connection.disconnect();
  }

  /** It has ended: `onEnd` is called. Safe to call twice. */
  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.patience.cancel();
    this.link?.end();
    this.events.onEnd(this.outcome);
  }

  private get outcome(): Outcome {
    if (this.connection === undefined) return 'unreached';
    return this.hasLasted || this.link?.hasSentRecord === true ? 'useful' : 'useless';
  }

  private adopt(connection: Connection, peer: Peer): void {
    this.connection = connection;
    this.patience.cancel();
    const { linkSecuringMs } = ImplementationLimits;
    this.patience = this.options.after(linkSecuringMs, () => this.giveUp('it was not secured in time'));
    this.events.onReached();
    connection.on('disconnect', (reason: number) => this.lose(reason));
    // It was reached while the try was being called off.
    if (this.isEnding) return connection.disconnect();
    this.gate = new Gate({
      connection,
      bonds: this.options.bonds,
      demand: this.options.demand,
      ioCapabilities: this.options.ioCapabilities,
      bondsCount: 'proved',
      user: this.options.user(peer),
      onSecured: () => this.secured(),
      onRefused: (reason) => this.explain(reason),
    });
    this.gate.start();
  }

  /** A PNE may have the key refreshed, at any time and as often as it likes: that begins nothing anew. */
  private secured(): void {
    if (this.isSecured || this.isOver) return;
    this.isSecured = true;
    this.events.onSecured();
    const { gatt } = this.connection!;
    gatt.exchangeMtu(() => {
      gatt.discoverServicesByUuid(BleUuid.service, 1, ([service]) => {
        if (service === undefined) return this.giveUp('it has no CPNS service');
        service.discoverCharacteristics((characteristics) => this.open(characteristics));
      });
    });
  }

  private open(characteristics: readonly ClientCharacteristic[]): void {
    const [uplink, downlink] = [BleUuid.uplink, BleUuid.downlink].map((uuid) =>
      characteristics.find((characteristic) => characteristic.uuid.toLowerCase() === uuid),
    );
    if (uplink === undefined || downlink === undefined) return this.giveUp('its CPNS service is incomplete');
    if (this.isOver || this.link !== undefined) return;
    const { after, onLink } = this.options;
    const { connection, gate } = this;
    this.patience.cancel();
    this.patience = after(ImplementationLimits.linkUsefulMs, () => {
      this.hasLasted = true;
    });
    this.link = new CentralLink({ connection: connection!, gate: gate!, uplink, downlink, after }, (link) =>
      onLink(link),
    );
    uplink.writeCCCD(true, false, (error) => {
      if (error !== AttErrors.SUCCESS) this.giveUp(`it refuses: ${AttErrors.toString(error)}`);
    });
  }

  private giveUp(problem: string): void {
    if (this.isOver) return;
    this.explain(problem);
    this.end();
  }

  private explain(problem: string): void {
    if (this.isExplained) return;
    this.isExplained = true;
    this.events.onRefused(problem);
  }

  /**
   * A PNE that refuses hangs up, and what it says before may be lost with the connection. A connection that the
   * radio has lost is nobody's refusal.
   */
  private lose(reason: number): void {
    if (!this.isSecured && HANG_UPS.includes(reason))
      this.explain(`it hung up: ${HciErrors.toString(reason)}`);
    this.finish();
  }
}
