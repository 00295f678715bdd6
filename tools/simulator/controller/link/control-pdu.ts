// SPDX-License-Identifier: Apache-2.0

/** Control PDUs of a connection (Core Specification Vol 6 Part B 2.4.2): an opcode, and fields after it. */
import { LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';

export const ControlOpcode = Object.freeze({
  connectionUpdateInd: 0x00,
  channelMapInd: 0x01,
  terminateInd: 0x02,
  encReq: 0x03,
  encRsp: 0x04,
  startEncReq: 0x05,
  startEncRsp: 0x06,
  unknownRsp: 0x07,
  featureReq: 0x08,
  featureRsp: 0x09,
  pauseEncReq: 0x0a,
  pauseEncRsp: 0x0b,
  versionInd: 0x0c,
  rejectInd: 0x0d,
  peripheralFeatureReq: 0x0e,
  rejectExtInd: 0x11,
  pingReq: 0x12,
  pingRsp: 0x13,
  lengthReq: 0x14,
  lengthRsp: 0x15,
});

export type ControlOpcode = (typeof ControlOpcode)[keyof typeof ControlOpcode];

/** Octets of the fields, by opcode. */
const FIELD_OCTETS: ReadonlyMap<number, number> = new Map([
  [ControlOpcode.connectionUpdateInd, 11],
  [ControlOpcode.channelMapInd, 7],
  [ControlOpcode.terminateInd, 1],
  [ControlOpcode.encReq, 22],
  [ControlOpcode.encRsp, 12],
  [ControlOpcode.startEncReq, 0],
  [ControlOpcode.startEncRsp, 0],
  [ControlOpcode.unknownRsp, 1],
  [ControlOpcode.featureReq, 8],
  [ControlOpcode.featureRsp, 8],
  [ControlOpcode.pauseEncReq, 0],
  [ControlOpcode.pauseEncRsp, 0],
  [ControlOpcode.versionInd, 5],
  [ControlOpcode.rejectInd, 1],
  [ControlOpcode.peripheralFeatureReq, 8],
  [ControlOpcode.rejectExtInd, 2],
  [ControlOpcode.pingReq, 0],
  [ControlOpcode.pingRsp, 0],
  [ControlOpcode.lengthReq, 8],
  [ControlOpcode.lengthRsp, 8],
]);

export interface ControlPdu {
  readonly opcode: ControlOpcode;
  /** Exactly the fields. */
  readonly fields: LittleEndianReader;
}

/** `payload` is not empty. Returns the bare opcode of a PDU that is unknown, or of another length. */
export function decodeControlPdu(payload: Uint8Array): ControlPdu | number {
  const opcode = payload[0]!;
  if (FIELD_OCTETS.get(opcode) !== payload.length - 1) return opcode;
  return { opcode: opcode as ControlOpcode, fields: new LittleEndianReader(payload.subarray(1)) };
}

export function encodeControlPdu(opcode: ControlOpcode, fields = new LittleEndianWriter()): Uint8Array {
  return new LittleEndianWriter().uint8(opcode).octets(fields.finish()).finish();
}
