// SPDX-License-Identifier: Apache-2.0
import bleHost, { type ClientCharacteristic, type Connection } from 'ble-host';
import { ImplementationLimits } from '../../limits.ts';
import { BleUuid } from '../../link/ble.ts';
import type { RunningTimer } from '../../link/timer.ts';
import type { Bonds, Peer } from './bonds.ts';
import type { CentralOptions } from './central.ts';
import { CentralLink } from './central-link.ts';
import { Gate } from './gate.ts';

export interface PneConnectionEvents {
  onSecured(): void;
  onRefused(reason: string): void;
  /** Comes once and last. */
  onEnd(): void;
}

const { AttErrors } = bleHost;
/** 15 ms, in units of 1.25 ms: the pace that firmware/ble-link.ts sends at. Supervision in units of 10 ms. */
const PARAMETERS = Object.freeze({ connIntervalMin: 12, connIntervalMax: 12, supervisionTimeout: 200 });

/** The gateway's connection to one PNE, from the first try to the end. */
export class PneConnection {
  private readonly options: CentralOptions;
  private readonly events: PneConnectionEvents;
  private readonly patience: RunningTimer;
  private readonly pending: { cancel(callback?: () => void): void };
  private connection: Connection | undefined;
  private gate: Gate | undefined;
  private link: CentralLink | undefined;
  private isOver = false;

  constructor(options: CentralOptions, bonds: Bonds, peer: Peer, events: PneConnectionEvents) {
    this.options = options;
    this.events = events;
    const { linkSecuringMs } = ImplementationLimits;
    this.patience = options.after(linkSecuringMs, () => this.giveUp('it was not secured in time'));
    this.pending = options.manager.connect(peer.addressType, peer.address, PARAMETERS, (connection) =>
      this.adopt(connection, bonds, peer),
    );
  }

  /** `onEnd` follows. */
  end(): void {
    if (this.connection === undefined) this.pending.cancel(() => this.finish());
    else this.connection.disconnect();
  }

  /** It has ended: `onEnd` is called. Safe to call twice. */
  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.patience.cancel();
    this.link?.end();
    this.events.onEnd();
  }

  private adopt(connection: Connection, bonds: Bonds, peer: Peer): void {
    this.connection = connection;
    connection.on('disconnect', () => this.finish());
    this.gate = new Gate({
      connection,
      bonds,
      demand: this.options.demand,
      ioCapabilities: this.options.ioCapabilities,
      user: this.options.user(peer),
      onSecured: () => this.secured(),
      onRefused: this.events.onRefused,
    });
    this.gate.start();
  }

  /** A key may be refreshed: the link is there already then. */
  private secured(): void {
    if (this.link !== undefined || this.isOver) return;
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
    this.link = new CentralLink({ connection: connection!, gate: gate!, uplink, downlink, after }, (link) =>
      onLink(link),
    );
    uplink.writeCCCD(true, false, (error) => {
      if (error !== AttErrors.SUCCESS) this.giveUp(`it refuses: ${AttErrors.toString(error)}`);
    });
  }

  private giveUp(problem: string): void {
    if (this.isOver) return;
    this.events.onRefused(problem);
    this.end();
  }
}
