// SPDX-License-Identifier: Apache-2.0

/** CPNS-1 over Bluetooth LE on the gateway's side: a link over the two characteristics of a secured PNE. */
import bleHost, { type ClientCharacteristic, type Connection } from 'ble-host';
import { bleAttestation, isBye } from '../../link/ble.ts';
import { Channel } from '../../link/channel.ts';
import { valueBytes } from '../../link/fragment.ts';
import { Fragmenter } from '../../link/fragmenter.ts';
import type { Link, LinkEvents } from '../../link/link.ts';
import { Reassembler } from '../../link/reassembler.ts';
import type { After } from '../../link/timer.ts';
import { Refusal, refuse } from '../../refusal.ts';
import { peerOf } from './bonds.ts';
import type { Gate } from './gate.ts';

export interface CentralLinkOptions {
  readonly connection: Connection;
  readonly gate: Gate;
  readonly uplink: ClientCharacteristic;
  readonly downlink: ClientCharacteristic;
  readonly after: After;
}

const { AttErrors } = bleHost;

/** The connection's owner subscribes to `uplink` when this returns, and calls `end` once it is gone. */
export class CentralLink implements Link {
  private readonly options: CentralLinkOptions;
  private readonly fragmenter = new Fragmenter();
  private readonly reassembler: Reassembler;
  private events: LinkEvents | undefined;
  private isWriting = false;
  private hasRecord = false;
  private isOver = false;

  constructor(options: CentralLinkOptions, onLink: (link: Link) => LinkEvents) {
    this.options = options;
    this.reassembler = new Reassembler(options.after, (message) => this.events?.onMessage(message));
    options.uplink.on('change', (value: Buffer) => this.receive(value));
    this.events = onLink(this);
  }

  /** Whether a record was sent on it: that is done for a PNE alone whose handshake was verified. */
  get hasSentRecord(): boolean {
    return this.hasRecord;
  }

  send(message: Uint8Array): void {
    if (this.isOver) refuse('linkClosed');
    this.fragmenter.push(message);
    if (message[0] === Channel.hopRecord && !this.hasRecord) this.prove();
    this.writeNext();
  }

  attestation() {
    const { connection, gate } = this.options;
    const { addressType, address } = peerOf(connection);
    const peer = Uint8Array.of(
      Number(addressType === 'random'),
      ...Buffer.from(address.replaceAll(':', ''), 'hex'),
    );
    return bleAttestation(gate.security, peer);
  }

  close(): void {
    if (this.isOver) return;
    this.end();
    this.options.connection.disconnect();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.reassembler.close();
    this.events?.onClosed();
  }

  private prove(): void {
    this.hasRecord = true;
    this.options.gate.prove();
  }

  /** What comes while the connection is not secured as was demanded is not heard. */
  private receive(value: Uint8Array): void {
    if (this.isOver || this.options.gate.security === undefined) return;
    if (isBye(value)) return this.close();
    try {
      this.reassembler.push(value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** One write at a time: its response says that the PNE has taken it. */
  private writeNext(): void {
    const { connection, downlink, gate } = this.options;
    if (this.isWriting || this.isOver || gate.security === undefined) return;
    const value = this.fragmenter.next(valueBytes(connection.gatt.currentMtu));
    if (value === undefined) return;
    this.isWriting = true;
    downlink.write(Buffer.from(value), (error) => {
      this.isWriting = false;
      if (error === AttErrors.SUCCESS) this.writeNext();
      else this.close();
    });
  }
}
