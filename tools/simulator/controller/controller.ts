// SPDX-License-Identifier: Apache-2.0

/**
 * A virtual Bluetooth LE controller: HCI on one side, an air on the other. It is made by `open` of
 * transport.ts for a host in this process, and by server.ts for one that comes through a socket.
 *
 * No input kills it. What it does not know is refused with Unknown HCI Command, what is malformed with
 * Invalid HCI Command Parameters.
 */
import type { ECDH } from 'node:crypto';
import { PacketType } from '../../../src/node/ble/h4.ts';
import { Refusal } from '../../../src/refusal.ts';
import {
  type AdvertisingPdu,
  AdvertisingType,
  type Announcement,
  type ConnectRequest,
  decodeAdvertisingPdu,
} from './air/advertising-pdu.ts';
import type { Air } from './air/air.ts';
import { runCommand } from './hci/commands.ts';
import { Connections } from './hci/connections.ts';
import { HostPort } from './hci/host-port.ts';
import { LeEvent } from './hci/packet.ts';
import { MAX_DATA_TIME, MIN_DATA_OCTETS } from './link/exchanges.ts';
import { LittleEndianReader, LittleEndianWriter } from './little-endian.ts';
import { AcceptList } from './roles/accept-list.ts';
import { Advertiser } from './roles/advertiser.ts';
import { Identity } from './roles/identity.ts';
import { Initiator } from './roles/initiator.ts';
import { Scanner } from './roles/scanner.ts';

export interface ControllerOptions {
  readonly air: Air;
  /** The public address, least significant octet first. */
  readonly address: Uint8Array;
  /**
   * Octets, 27 to 251, that a new connection asks to send at once, unless the host says otherwise; 27 by
   * default, as the specification has it. For hosts that never ask for longer PDUs.
   */
  readonly dataOctets?: number;
  /** Takes a packet of HCI, with its H4 type in front. Called when the time of the air passes. */
  deliver(packet: Uint8Array): void;
  /** Whether the host is not reading what it has. Data from the air waits in the air then. */
  isCongested?(): boolean;
}

const RSSI = 0xd8;
const ACL_HEADER = 5;

export class Controller {
  readonly air: Air;
  readonly host: HostPort;
  readonly identity: Identity;
  readonly acceptList = new AcceptList();
  readonly advertiser: Advertiser;
  readonly scanner: Scanner;
  readonly initiator: Initiator;
  readonly connections: Connections;
  /** Octets and microseconds that new connections ask for. */
  suggested: { readonly octets: number; readonly time: number };
  /** The key of LE Read Local P-256 Public Key. */
  ecdh: ECDH | undefined;
  private readonly options: ControllerOptions;
  private isClosed = false;
  private readonly radio = { hear: (pdu: Uint8Array) => this.hear(pdu) };

  /** Throws a RangeError where the air is full. */
  constructor(options: ControllerOptions) {
    const { air } = options;
    this.options = options;
    this.air = air;
    this.host = new HostPort(air.clock, (packet) => options.deliver(packet));
    this.identity = new Identity(options.address);
    this.suggested = this.defaultLength();
    this.advertiser = new Advertiser(air, this.radio);
    this.scanner = new Scanner(air, this.radio, this.acceptList, (announcement) => this.report(announcement));
    this.connections = new Connections({
      air,
      host: this.host,
      canReceive: () => !this.isCongested(),
      preferredOctets: () => this.suggested,
    });
    this.initiator = new Initiator(air, this.radio, this.acceptList, (parameters) =>
      this.connections.open(parameters),
    );
    air.attach(this.radio);
  }

  /** Takes a packet of the host, with its H4 type in front. What is neither command nor data is ignored. */
  receive(packet: Uint8Array): void {
    if (this.isClosed) return;
    this.air.clock.act(() => {
      if (packet[0] === PacketType.command) runCommand(this, packet.subarray(1));
      if (packet[0] === PacketType.acl) this.receiveData(packet);
    });
  }

  reset(): void {
    this.advertiser.reset();
    this.scanner.reset();
    this.initiator.reset();
    this.acceptList.clear();
    this.identity.reset();
    this.connections.close();
    this.host.reset();
    this.suggested = this.defaultLength();
    this.ecdh = undefined;
  }

  /** As when the power goes: peers notice by themselves. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.reset();
    this.host.close();
    this.air.detach(this.radio);
  }

  private receiveData(packet: Uint8Array): void {
    const reader = new LittleEndianReader(packet.subarray(1));
    if (packet.length < ACL_HEADER) return;
    const named = reader.uint16();
    if (reader.uint16() !== reader.remaining) return;
    this.connections.send(named & 0x0fff, (named >> 12) & 3, reader.octets(reader.remaining));
  }

  private hear(bytes: Uint8Array): void {
    const pdu = decode(bytes);
    if (pdu === undefined) return;
    if (pdu.type === AdvertisingType.connect) return this.onConnectRequest(pdu);
    if (pdu.type === AdvertisingType.scanRequest) return this.advertiser.onScanRequest(pdu);
    this.scanner.onAnnouncement(pdu);
    this.initiator.onAnnouncement(pdu);
  }

  private onConnectRequest(pdu: ConnectRequest): void {
    if (this.connections.isFull || !this.advertiser.onConnectRequest(pdu)) return;
    const { initiator: peer, accessAddress, interval, latency, timeout } = pdu;
    this.connections.open({ role: 'peripheral', peer, accessAddress, interval, latency, timeout });
  }

  private report({ type, advertiser, data }: Announcement): void {
    if (this.isCongested()) return;
    const event = new LittleEndianWriter().uint8(1).uint8(reportType(type));
    event.uint8(advertiser.type).octets(advertiser.octets).uint8(data.length).octets(data).uint8(RSSI);
    this.host.leEvent(LeEvent.advertisingReport, event);
  }

  private isCongested(): boolean {
    return this.options.isCongested?.() ?? false;
  }

  private defaultLength(): { octets: number; time: number } {
    const octets = this.options.dataOctets ?? MIN_DATA_OCTETS;
    return { octets, time: MAX_DATA_TIME };
  }
}

/** HCI's number for a type of advertising. */
function reportType(type: Announcement['type']): number {
  const { connectable, scannable, nonConnectable } = AdvertisingType;
  return [connectable, undefined, scannable, nonConnectable, AdvertisingType.scanResponse].indexOf(type);
}

function decode(bytes: Uint8Array): AdvertisingPdu | undefined {
  try {
    return decodeAdvertisingPdu(bytes);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
