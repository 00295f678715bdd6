// SPDX-License-Identifier: Apache-2.0

import { type DeviceAddress, isSameAddress } from '../address.ts';
/** The connections of a controller, by the handles that its host knows, and the data of both directions. */
import type { Air } from '../air/air.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { Llid } from '../link/data-pdu.ts';
import { Link } from '../link/link.ts';
import type { LinkOwner, LinkParameters } from '../link/owner.ts';
import { LittleEndianWriter } from '../little-endian.ts';
import type { HostPort } from './host-port.ts';
import { ACL_OCTETS, ACL_PACKETS, Boundary, Event, encodeAcl, LeEvent } from './packet.ts';

interface Entry {
  readonly link: Link;
  /** Packets of the host that are not yet delivered. */
  pending: number;
  /** Whether an L2CAP PDU has begun. */
  isStarted: boolean;
}

export interface ConnectionOptions {
  readonly air: Air;
  readonly host: HostPort;
  canReceive(): boolean;
  /** Octets that a new connection asks to send at once: 27 asks nothing. */
  preferredOctets(): { readonly octets: number; readonly time: number };
}

/** As many as a gateway has links. */
export const MAX_CONNECTIONS = 64;
const MAX_HANDLE = 0x0eff;
const NO_ADDRESS = new Uint8Array(6);
const MIN_OCTETS = 27;

export class Connections {
  private readonly options: ConnectionOptions;
  private readonly entries = new Map<number, Entry>();
  private lastHandle = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  get isFull(): boolean {
    return this.entries.size >= MAX_CONNECTIONS;
  }

  /** Ends all without a word to anybody. */
  close(): void {
    for (const { link } of this.entries.values()) link.close();
    this.entries.clear();
  }

  open(parameters: LinkParameters): void {
    if (this.isFull) {
      if (parameters.role === 'central') this.reportFailure(ErrorCode.connectionLimitExceeded);
      return;
    }
    const handle = this.nextHandle();
    const link = new Link(this.options.air, parameters, this.owner(handle));
    this.entries.set(handle, { link, pending: 0, isStarted: false });
    this.reportComplete(ErrorCode.success, handle, parameters);
    const { octets, time } = this.options.preferredOctets();
    if (octets > MIN_OCTETS) link.control.dataLength.start(octets, time);
  }

  /** Tells the host that it has not connected. */
  reportFailure(status: number): void {
    const peer: DeviceAddress = { type: 0, octets: NO_ADDRESS };
    this.reportComplete(status, 0, {
      role: 'central',
      peer,
      accessAddress: 0,
      interval: 0,
      latency: 0,
      timeout: 0,
    });
  }

  has(peer: DeviceAddress): boolean {
    return [...this.entries.values()].some(({ link }) => isSameAddress(link.parameters.peer, peer));
  }

  /** Refuses a handle that no connection has. */
  link(handle: number): Link {
    return (this.entries.get(handle) ?? refuseCommand(ErrorCode.unknownConnection)).link;
  }

  /** Takes data of the host. What is more than it was told to send is lost, which it is told. */
  send(handle: number, boundary: number, data: Uint8Array): void {
    const entry = this.entries.get(handle);
    if (entry === undefined) return;
    const isStart = boundary === Boundary.startFromHost;
    if (!isStart && !(boundary === Boundary.continuation && entry.isStarted)) return;
    if (data.length > ACL_OCTETS || this.pending() >= ACL_PACKETS) {
      return this.options.host.event(Event.dataBufferOverflow, new LittleEndianWriter().uint8(1));
    }
    entry.isStarted = true;
    entry.pending += 1;
    entry.link.sendData(isStart, data);
  }

  private pending(): number {
    return [...this.entries.values()].reduce((sum, { pending }) => sum + pending, 0);
  }

  private nextHandle(): number {
    do this.lastHandle = (this.lastHandle % MAX_HANDLE) + 1;
    while (this.entries.has(this.lastHandle));
    return this.lastHandle;
  }

  private reportComplete(status: number, handle: number, parameters: LinkParameters): void {
    const { host } = this.options;
    const { role, peer, interval, latency, timeout } = parameters;
    const isEnhanced = host.wantsLe(LeEvent.enhancedConnectionComplete);
    const event = new LittleEndianWriter()
      .uint8(status)
      .uint16(handle)
      .uint8(role === 'central' ? 0 : 1);
    event.uint8(peer.type).octets(peer.octets);
    if (isEnhanced) event.octets(NO_ADDRESS).octets(NO_ADDRESS);
    event.uint16(interval).uint16(latency).uint16(timeout).uint8(0);
    host.leEvent(isEnhanced ? LeEvent.enhancedConnectionComplete : LeEvent.connectionComplete, event);
  }

  private owner(handle: number): LinkOwner {
    const { host, canReceive } = this.options;
    const named = () => new LittleEndianWriter().uint16(handle);
    const outcome = (status: number) => new LittleEndianWriter().uint8(status).uint16(handle);
    return {
      canReceive,
      onData: (llid, payload) =>
        host.packet(encodeAcl(handle, llid === Llid.start ? Boundary.start : Boundary.continuation, payload)),
      onSent: () => {
        this.entries.get(handle)!.pending -= 1;
        host.event(Event.completedPackets, new LittleEndianWriter().uint8(1).uint16(handle).uint16(1));
      },
      onEnded: (reason) => {
        this.entries.delete(handle);
        host.event(Event.disconnectionComplete, outcome(ErrorCode.success).uint8(reason));
      },
      onEncryption: (status, isRefresh) => {
        if (isRefresh) host.event(Event.encryptionKeyRefresh, outcome(status));
        else host.event(Event.encryptionChange, outcome(status).uint8(status === ErrorCode.success ? 1 : 0));
      },
      onLongTermKeyRequest: (rand, diversifier) => {
        if (!host.wantsLe(LeEvent.longTermKeyRequest))
          return this.link(handle).control.encryption.refuseKey();
        host.leEvent(LeEvent.longTermKeyRequest, named().octets(rand).octets(diversifier));
      },
      onDataLength: ({ txOctets, txTime, rxOctets, rxTime }) => {
        const lengths = named().uint16(txOctets).uint16(txTime).uint16(rxOctets).uint16(rxTime);
        host.leEvent(LeEvent.dataLengthChange, lengths);
      },
      onFeatures: (status, features) =>
        host.leEvent(LeEvent.remoteFeatures, outcome(status).octets(features)),
      onVersion: (status, version) => host.event(Event.remoteVersion, outcome(status).octets(version)),
      onUpdate: (status) => {
        const { interval, latency, timeout } = this.link(handle).parameters;
        const event = outcome(status).uint16(interval).uint16(latency).uint16(timeout);
        host.leEvent(LeEvent.connectionUpdateComplete, event);
      },
    };
  }
}
