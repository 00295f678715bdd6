// SPDX-License-Identifier: Apache-2.0

/** Packets of the Host Controller Interface with their H4 type in front (Core Specification Vol 4 Part A, E). */
import { PacketType } from '../../../../src/node/ble/h4.ts';
import { LittleEndianWriter } from '../little-endian.ts';

export const Event = Object.freeze({
  disconnectionComplete: 0x05,
  encryptionChange: 0x08,
  remoteVersion: 0x0c,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  completedPackets: 0x13,
  dataBufferOverflow: 0x1a,
  encryptionKeyRefresh: 0x30,
  leMeta: 0x3e,
});

export const LeEvent = Object.freeze({
  connectionComplete: 0x01,
  advertisingReport: 0x02,
  connectionUpdateComplete: 0x03,
  remoteFeatures: 0x04,
  longTermKeyRequest: 0x05,
  dataLengthChange: 0x07,
  localP256PublicKey: 0x08,
  generateDhKey: 0x09,
  enhancedConnectionComplete: 0x0a,
});

/** Which part of an L2CAP PDU a packet of data is. */
export const Boundary = Object.freeze({ startFromHost: 0, continuation: 1, start: 2 });

/** Octets of data in one packet, and packets that the controller keeps. */
export const ACL_OCTETS = 251;
export const ACL_PACKETS = 32;

export function encodeEvent(code: number, parameters: Uint8Array): Uint8Array {
  return Uint8Array.of(PacketType.event, code, parameters.length, ...parameters);
}

export function encodeAcl(handle: number, boundary: number, data: Uint8Array): Uint8Array {
  const writer = new LittleEndianWriter().uint8(PacketType.acl).uint16(handle | (boundary << 12));
  return writer.uint16(data.length).octets(data).finish();
}

/** For hosts that are made by hand. */
export function encodeCommand(opcode: number, parameters: Uint8Array = new Uint8Array(0)): Uint8Array {
  const writer = new LittleEndianWriter().uint8(PacketType.command).uint16(opcode);
  return writer.uint8(parameters.length).octets(parameters).finish();
}
