// SPDX-License-Identifier: Apache-2.0

/** Exchanges of features, versions and data lengths (Core Specification Vol 6 Part B 5.1.4, 5.1.5, 5.1.9). */
import type { RunningTimer } from '../../../../src/link/timer.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { type LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import { ControlOpcode, encodeControlPdu } from './control-pdu.ts';
import type { DataLengths, LinkOwner, LinkPort } from './owner.ts';

/** Encryption, LL_REJECT_EXT_IND, features asked for by the peripheral, ping, longer data. */
export const FEATURES: Uint8Array = Uint8Array.of(0b0011_1101, 0, 0, 0, 0, 0, 0, 0);
/** Bluetooth 5.0, a company that is not assigned, subversion 0. */
export const VERSION: Uint8Array = Uint8Array.of(0x09, 0xff, 0xff, 0, 0);

export const MIN_DATA_OCTETS = 27;
export const MAX_DATA_OCTETS = 251;
const MIN_DATA_TIME = 328;
export const MAX_DATA_TIME = 2120;

export class FeatureExchange {
  private readonly link: LinkPort;
  private readonly owner: LinkOwner;
  private timer: RunningTimer | undefined;

  constructor(link: LinkPort, owner: LinkOwner) {
    this.link = link;
    this.owner = owner;
  }

  start(): void {
    if (this.timer !== undefined) refuseCommand(ErrorCode.commandDisallowed);
    this.timer = this.link.awaitResponse();
    const { featureReq, peripheralFeatureReq } = ControlOpcode;
    this.send(this.link.role === 'central' ? featureReq : peripheralFeatureReq);
  }

  onRequest(): void {
    this.send(ControlOpcode.featureRsp);
  }

  onResponse(fields: LittleEndianReader): void {
    this.settle(ErrorCode.success, fields.octets(FEATURES.length));
  }

  onUnknown(): void {
    this.settle(ErrorCode.unsupportedRemoteFeature, new Uint8Array(FEATURES.length));
  }

  private settle(status: number, features: Uint8Array): void {
    if (this.timer === undefined) return;
    this.timer.cancel();
    this.timer = undefined;
    this.owner.onFeatures(status, features);
  }

  private send(opcode: ControlOpcode): void {
    this.link.sendControl(encodeControlPdu(opcode, new LittleEndianWriter().octets(FEATURES)));
  }
}

/** Each end says its version once. */
export class VersionExchange {
  private readonly link: LinkPort;
  private readonly owner: LinkOwner;
  private isSaid = false;
  private isAsked = false;
  private peerVersion: Uint8Array | undefined;
  private timer: RunningTimer | undefined;

  constructor(link: LinkPort, owner: LinkOwner) {
    this.link = link;
    this.owner = owner;
  }

  start(): void {
    if (this.isAsked) refuseCommand(ErrorCode.commandDisallowed);
    this.isAsked = true;
    if (this.peerVersion !== undefined) return this.answer(this.peerVersion);
    this.timer = this.link.awaitResponse();
    this.say();
  }

  onVersion(fields: LittleEndianReader): void {
    this.timer?.cancel();
    const version = fields.octets(VERSION.length);
    this.peerVersion = version;
    this.say();
    if (this.isAsked) this.answer(version);
  }

  private answer(version: Uint8Array): void {
    this.isAsked = false;
    this.owner.onVersion(ErrorCode.success, version);
  }

  private say(): void {
    if (this.isSaid) return;
    this.isSaid = true;
    this.link.sendControl(
      encodeControlPdu(ControlOpcode.versionInd, new LittleEndianWriter().octets(VERSION)),
    );
  }
}

/** Payloads have up to 27 octets until both ends have said that they take more. */
export class DataLengthExchange {
  private readonly link: LinkPort;
  private readonly owner: LinkOwner;
  private timer: RunningTimer | undefined;
  private tx = { octets: MIN_DATA_OCTETS, time: MIN_DATA_TIME };
  private effective: DataLengths = {
    txOctets: MIN_DATA_OCTETS,
    txTime: MIN_DATA_TIME,
    rxOctets: MIN_DATA_OCTETS,
    rxTime: MIN_DATA_TIME,
  };

  constructor(link: LinkPort, owner: LinkOwner) {
    this.link = link;
    this.owner = owner;
  }

  /** Tells the peer how much this end wants to send at once. */
  start(octets: number, time: number): void {
    this.tx = { octets: Math.min(octets, MAX_DATA_OCTETS), time: Math.min(time, MAX_DATA_TIME) };
    if (this.timer !== undefined) return;
    this.timer = this.link.awaitResponse();
    this.send(ControlOpcode.lengthReq);
  }

  onRequest(fields: LittleEndianReader): void {
    this.send(ControlOpcode.lengthRsp);
    this.agree(fields);
  }

  onResponse(fields: LittleEndianReader): void {
    if (this.timer === undefined) return;
    this.onUnknown();
    this.agree(fields);
  }

  onUnknown(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private agree(fields: LittleEndianReader): void {
    const [rxOctets, rxTime] = [fields.uint16(), fields.uint16()];
    const [txOctets, txTime] = [fields.uint16(), fields.uint16()];
    const agreed: DataLengths = {
      txOctets: Math.max(MIN_DATA_OCTETS, Math.min(this.tx.octets, rxOctets)),
      txTime: Math.max(MIN_DATA_TIME, Math.min(this.tx.time, rxTime)),
      rxOctets: Math.max(MIN_DATA_OCTETS, Math.min(MAX_DATA_OCTETS, txOctets)),
      rxTime: Math.max(MIN_DATA_TIME, Math.min(MAX_DATA_TIME, txTime)),
    };
    const before = this.effective;
    this.effective = agreed;
    this.link.setOctets(agreed.txOctets, agreed.rxOctets);
    const keys = Object.keys(agreed) as (keyof DataLengths)[];
    if (keys.some((key) => agreed[key] !== before[key])) this.owner.onDataLength(agreed);
  }

  private send(opcode: ControlOpcode): void {
    const fields = new LittleEndianWriter().uint16(MAX_DATA_OCTETS).uint16(MAX_DATA_TIME);
    this.link.sendControl(encodeControlPdu(opcode, fields.uint16(this.tx.octets).uint16(this.tx.time)));
  }
}
