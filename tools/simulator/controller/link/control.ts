// SPDX-License-Identifier: Apache-2.0

/** Gives the control PDUs of a connection to their procedures, and answers those that have none. */
import { areConnectionParametersValid } from '../air/advertising-pdu.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { type LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import { ControlOpcode, decodeControlPdu, encodeControlPdu } from './control-pdu.ts';
import { EncryptionProcedure } from './encryption.ts';
import { DataLengthExchange, FeatureExchange, VersionExchange } from './exchanges.ts';
import type { LinkOwner, LinkPort } from './owner.ts';

/** Events between an announced change of parameters and the change. */
const UPDATE_LEAD = 6;
const HALF_COUNT = 0x8000;
const COUNT_MASK = 0xffff;
/** PDUs that wait for the end of an encryption start. A peer has a procedure of each kind at most. */
const MAX_DEFERRED = 8;

export class Control {
  readonly encryption: EncryptionProcedure;
  readonly features: FeatureExchange;
  readonly version: VersionExchange;
  readonly dataLength: DataLengthExchange;
  private readonly link: LinkPort;
  private readonly owner: LinkOwner;
  private isUpdating = false;
  private deferred: (() => void)[] = [];

  constructor(link: LinkPort, owner: LinkOwner) {
    this.link = link;
    this.owner = owner;
    this.encryption = new EncryptionProcedure(link, owner, () => this.resume());
    this.features = new FeatureExchange(link, owner);
    this.version = new VersionExchange(link, owner);
    this.dataLength = new DataLengthExchange(link, owner);
  }

  /** Takes a control PDU, decrypted. */
  receive(payload: Uint8Array): void {
    const pdu = decodeControlPdu(payload);
    const isKnown = typeof pdu !== 'number';
    if (!this.encryption.expects(isKnown ? pdu.opcode : (payload[0] as ControlOpcode))) {
      return this.link.end(ErrorCode.micFailure);
    }
    if (!isKnown) return this.sendUnknown(pdu);
    const { opcode, fields } = pdu;
    if (this.encryption.receive(opcode, fields)) return;
    const handle = this.handlers[opcode];
    if (handle === undefined) return this.sendUnknown(opcode);
    if (this.encryption.isUnderWay && opcode !== ControlOpcode.terminateInd) {
      return this.defer(() => handle(fields));
    }
    handle(fields);
  }

  /** While a central starts encryption it sends nothing else (Vol 6 Part B 5.1.3.1): answers have to wait. */
  private defer(answer: () => void): void {
    if (this.deferred.length < MAX_DEFERRED) this.deferred.push(answer);
  }

  private resume(): void {
    const waiting = this.deferred;
    this.deferred = [];
    for (const answer of waiting) answer();
  }

  /** Changes the parameters of the connection for both ends (Vol 6 Part B 5.1.1). Only the central can. */
  update(interval: number, latency: number, timeout: number): void {
    if (this.link.role !== 'central') refuseCommand(ErrorCode.unsupportedRemoteFeature);
    if (this.isUpdating) refuseCommand(ErrorCode.commandDisallowed);
    const instant = this.link.eventCount() + UPDATE_LEAD;
    const fields = new LittleEndianWriter().uint8(1).uint16(0).uint16(interval).uint16(latency);
    fields.uint16(timeout).uint16(instant & COUNT_MASK);
    this.link.sendControl(encodeControlPdu(ControlOpcode.connectionUpdateInd, fields));
    this.changeAt(instant, interval, latency, timeout);
  }

  private readonly handlers: Partial<Record<ControlOpcode, (fields: LittleEndianReader) => void>> = {
    [ControlOpcode.terminateInd]: (fields) => this.onTerminate(fields.uint8()),
    [ControlOpcode.connectionUpdateInd]: (fields) => this.onUpdate(fields),
    [ControlOpcode.channelMapInd]: () => undefined,
    [ControlOpcode.featureReq]: () => this.features.onRequest(),
    [ControlOpcode.peripheralFeatureReq]: () => this.features.onRequest(),
    [ControlOpcode.featureRsp]: (fields) => this.features.onResponse(fields),
    [ControlOpcode.versionInd]: (fields) => this.version.onVersion(fields),
    [ControlOpcode.lengthReq]: (fields) => this.dataLength.onRequest(fields),
    [ControlOpcode.lengthRsp]: (fields) => this.dataLength.onResponse(fields),
    [ControlOpcode.pingReq]: () => this.link.sendControl(encodeControlPdu(ControlOpcode.pingRsp)),
    [ControlOpcode.pingRsp]: () => undefined,
    [ControlOpcode.unknownRsp]: (fields) => this.onUnknown(fields.uint8()),
    [ControlOpcode.rejectInd]: () => undefined,
    [ControlOpcode.rejectExtInd]: (fields) => this.onUnknown(fields.uint8()),
  };

  private onTerminate(reason: number): void {
    this.link.endAfterAnswer(reason);
  }

  private onUnknown(opcode: number): void {
    const { featureReq, peripheralFeatureReq, lengthReq } = ControlOpcode;
    if (opcode === featureReq || opcode === peripheralFeatureReq) this.features.onUnknown();
    if (opcode === lengthReq) this.dataLength.onUnknown();
  }

  private onUpdate(fields: LittleEndianReader): void {
    if (this.link.role !== 'peripheral') return this.sendUnknown(ControlOpcode.connectionUpdateInd);
    fields.take(3);
    const [interval, latency, timeout] = [fields.uint16(), fields.uint16(), fields.uint16()];
    const count = this.link.eventCount();
    const ahead = (fields.uint16() - count) & COUNT_MASK;
    if (ahead >= HALF_COUNT) return this.link.end(ErrorCode.instantPassed);
    if (this.isUpdating || !areConnectionParametersValid(interval, latency, timeout)) return;
    this.changeAt(count + ahead, interval, latency, timeout);
  }

  private changeAt(instant: number, interval: number, latency: number, timeout: number): void {
    this.isUpdating = true;
    this.link.atEvent(instant, () => {
      this.isUpdating = false;
      this.link.timing.change(instant, interval);
      this.link.setParameters(interval, latency, timeout);
      this.owner.onUpdate(ErrorCode.success);
    });
  }

  private sendUnknown(opcode: number): void {
    this.link.sendControl(encodeControlPdu(ControlOpcode.unknownRsp, new LittleEndianWriter().uint8(opcode)));
  }
}
