// SPDX-License-Identifier: Apache-2.0

/**
 * Starting and restarting encryption (Core Specification Vol 6 Part B 5.1.3). A restart pauses first:
 *
 *     central                                        peripheral
 *       PAUSE_ENC_REQ  ->   <-  PAUSE_ENC_RSP          encrypted
 *       PAUSE_ENC_RSP  ->                              plain from here
 *       ENC_REQ        ->   <-  ENC_RSP                halves of SKD and IV; then its host gives the key
 *                           <-  START_ENC_REQ
 *       START_ENC_RSP  ->   <-  START_ENC_RSP          encrypted from here
 *
 * Anything else that carries something, while an end waits for one of these, ends the connection as a wrong
 * MIC does: otherwise an attacker could slip in what is not encrypted.
 */
import type { RunningTimer } from '../../../../src/link/timer.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { type LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import { DirectionCipher, type Diversifiers, deriveSession, IV_OCTETS, SKD_OCTETS } from './cipher.ts';
import { ControlOpcode, encodeControlPdu } from './control-pdu.ts';
import type { LinkOwner, LinkPort } from './owner.ts';

type State =
  | 'idle'
  | 'pausing'
  | 'paused'
  | 'awaitingRequest'
  | 'requested'
  | 'awaitingKey'
  | 'awaitingStart'
  | 'awaitingConfirmation';

interface KeyRequest {
  readonly rand: Uint8Array;
  readonly diversifier: Uint8Array;
  readonly longTermKey: Uint8Array;
}

type Half = Diversifiers['central'];

/** What a waiting end accepts. Before its request is answered, the central accepts everything. */
const EXPECTED: Readonly<Record<State, readonly ControlOpcode[] | undefined>> = Object.freeze({
  idle: undefined,
  pausing: undefined,
  requested: undefined,
  paused: [ControlOpcode.pauseEncRsp],
  awaitingRequest: [ControlOpcode.encReq],
  awaitingKey: [],
  awaitingStart: [ControlOpcode.startEncReq, ControlOpcode.rejectInd, ControlOpcode.rejectExtInd],
  awaitingConfirmation: [ControlOpcode.startEncRsp],
});

export class EncryptionProcedure {
  private readonly link: LinkPort;
  private readonly owner: LinkOwner;
  private state: State = 'idle';
  private isEncrypted = false;
  private request: KeyRequest | undefined;
  private centralHalf: Half | undefined;
  private peripheralHalf: Half | undefined;
  /** The peripheral's, until it may encrypt. */
  private pendingTransmit: DirectionCipher | undefined;
  private timer: RunningTimer | undefined;
  private readonly onSettled: () => void;

  /** `onSettled`: it is over, and whatever waited for that may go on. */
  constructor(link: LinkPort, owner: LinkOwner, onSettled: () => void) {
    this.link = link;
    this.owner = owner;
    this.onSettled = onSettled;
  }

  /** Whether a start or restart has begun and not ended. */
  get isUnderWay(): boolean {
    return this.state !== 'idle';
  }

  /** The central's host asks for it. */
  start(request: KeyRequest): void {
    if (this.state !== 'idle' || this.link.role !== 'central') refuseCommand(ErrorCode.commandDisallowed);
    this.request = request;
    this.link.holdData(true);
    this.timer = this.link.awaitResponse();
    if (!this.isEncrypted) return this.sendRequest();
    this.state = 'pausing';
    this.send(ControlOpcode.pauseEncReq);
  }

  /** The peripheral's host has the key. */
  provideKey(longTermKey: Uint8Array): void {
    if (this.state !== 'awaitingKey') refuseCommand(ErrorCode.commandDisallowed);
    const { transmit, receive } = this.ciphers(longTermKey);
    this.state = 'awaitingConfirmation';
    this.send(ControlOpcode.startEncReq);
    this.link.setReceiveCipher(receive);
    this.pendingTransmit = transmit;
    this.timer = this.link.awaitResponse();
  }

  /** The peripheral's host has no key. */
  refuseKey(): void {
    if (this.state !== 'awaitingKey') refuseCommand(ErrorCode.commandDisallowed);
    if (this.isEncrypted) return this.link.terminate(ErrorCode.keyMissing);
    this.settle();
    this.send(ControlOpcode.rejectInd, new LittleEndianWriter().uint8(ErrorCode.keyMissing));
  }

  /** Whether a PDU that carries something may arrive now. `opcode`: undefined for data. */
  expects(opcode: ControlOpcode | undefined): boolean {
    const expected = EXPECTED[this.state];
    if (expected === undefined || opcode === ControlOpcode.terminateInd) return true;
    return opcode !== undefined && expected.includes(opcode);
  }

  /** Returns false for a PDU that is not of this procedure, or not now. */
  receive(opcode: ControlOpcode, fields: LittleEndianReader): boolean {
    return this.link.role === 'central'
      ? this.receiveAsCentral(opcode, fields)
      : this.receiveAsPeripheral(opcode, fields);
  }

  private receiveAsCentral(opcode: ControlOpcode, fields: LittleEndianReader): boolean {
    if (opcode === ControlOpcode.pauseEncRsp && this.state === 'pausing') return this.onPaused();
    if (opcode === ControlOpcode.encRsp && this.state === 'requested') return this.onResponse(fields);
    if (opcode === ControlOpcode.startEncReq && this.state === 'awaitingStart') return this.onStart();
    if (opcode === ControlOpcode.startEncRsp && this.state === 'awaitingConfirmation')
      return this.onStarted();
    const isWaiting = this.state === 'requested' || this.state === 'awaitingStart';
    if (opcode === ControlOpcode.rejectInd && isWaiting) return this.onRejected(fields.uint8());
    if (opcode === ControlOpcode.rejectExtInd && isWaiting) {
      if (fields.uint8() !== ControlOpcode.encReq) return false;
      return this.onRejected(fields.uint8());
    }
    return false;
  }

  private receiveAsPeripheral(opcode: ControlOpcode, fields: LittleEndianReader): boolean {
    if (opcode === ControlOpcode.pauseEncReq && this.state === 'idle' && this.isEncrypted)
      return this.onPause();
    if (opcode === ControlOpcode.pauseEncRsp && this.state === 'paused') return this.onPauseConfirmed();
    const isAskable = this.state === 'idle' ? !this.isEncrypted : this.state === 'awaitingRequest';
    if (opcode === ControlOpcode.encReq && isAskable) return this.onRequest(fields);
    if (opcode === ControlOpcode.startEncRsp && this.state === 'awaitingConfirmation')
      return this.onConfirmed();
    return false;
  }

  private onPaused(): true {
    this.link.setReceiveCipher(undefined);
    this.send(ControlOpcode.pauseEncRsp, undefined, () => this.link.setTransmitCipher(undefined));
    this.sendRequest();
    return true;
  }

  private onPause(): true {
    this.state = 'paused';
    this.link.holdData(true);
    this.timer = this.link.awaitResponse();
    this.send(ControlOpcode.pauseEncRsp);
    this.link.setReceiveCipher(undefined);
    return true;
  }

  private onPauseConfirmed(): true {
    this.link.setTransmitCipher(undefined);
    this.state = 'awaitingRequest';
    return true;
  }

  private sendRequest(): void {
    this.state = 'requested';
    const { rand, diversifier } = this.request!;
    this.centralHalf = this.half();
    const fields = new LittleEndianWriter().octets(rand).octets(diversifier);
    this.send(ControlOpcode.encReq, fields.octets(this.centralHalf.skd).octets(this.centralHalf.iv));
  }

  private onRequest(fields: LittleEndianReader): true {
    const [rand, diversifier] = [fields.octets(8), fields.octets(2)];
    this.centralHalf = { skd: fields.octets(SKD_OCTETS), iv: fields.octets(IV_OCTETS) };
    this.peripheralHalf = this.half();
    this.link.holdData(true);
    this.timer?.cancel();
    this.state = 'awaitingKey';
    const answer = new LittleEndianWriter().octets(this.peripheralHalf.skd).octets(this.peripheralHalf.iv);
    this.send(ControlOpcode.encRsp, answer);
    this.owner.onLongTermKeyRequest(rand, diversifier);
    return true;
  }

  private onResponse(fields: LittleEndianReader): true {
    this.peripheralHalf = { skd: fields.octets(SKD_OCTETS), iv: fields.octets(IV_OCTETS) };
    this.state = 'awaitingStart';
    return true;
  }

  private onStart(): true {
    const { transmit, receive } = this.ciphers(this.request!.longTermKey);
    this.state = 'awaitingConfirmation';
    this.send(ControlOpcode.startEncRsp, undefined, () => this.link.setTransmitCipher(transmit));
    this.link.setReceiveCipher(receive);
    return true;
  }

  private onConfirmed(): true {
    const transmit = this.pendingTransmit;
    this.send(ControlOpcode.startEncRsp, undefined, () => this.link.setTransmitCipher(transmit));
    return this.onStarted();
  }

  private onStarted(): true {
    const isRefresh = this.isEncrypted;
    this.isEncrypted = true;
    this.settle();
    this.owner.onEncryption(ErrorCode.success, isRefresh);
    return true;
  }

  private onRejected(code: number): true {
    const isRefresh = this.isEncrypted;
    this.settle();
    this.owner.onEncryption(code, isRefresh);
    if (isRefresh) this.link.terminate(ErrorCode.keyMissing);
    return true;
  }

  private settle(): void {
    this.timer?.cancel();
    this.state = 'idle';
    this.request = undefined;
    this.pendingTransmit = undefined;
    this.link.holdData(false);
    this.onSettled();
  }

  private ciphers(longTermKey: Uint8Array): { transmit: DirectionCipher; receive: DirectionCipher } {
    const session = deriveSession(longTermKey, {
      central: this.centralHalf!,
      peripheral: this.peripheralHalf!,
    });
    const [toPeripheral, toCentral] = [
      new DirectionCipher(session, 'toPeripheral'),
      new DirectionCipher(session, 'toCentral'),
    ];
    return this.link.role === 'central'
      ? { transmit: toPeripheral, receive: toCentral }
      : { transmit: toCentral, receive: toPeripheral };
  }

  private half(): Half {
    return { skd: this.link.random(SKD_OCTETS), iv: this.link.random(IV_OCTETS) };
  }

  private send(opcode: ControlOpcode, fields?: LittleEndianWriter, onPicked?: () => void): void {
    this.link.sendControl(encodeControlPdu(opcode, fields), onPicked === undefined ? {} : { onPicked });
  }
}
