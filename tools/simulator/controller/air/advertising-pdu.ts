// SPDX-License-Identifier: Apache-2.0

/**
 * PDUs of the advertising channel (Core Specification Vol 6 Part B 2.3):
 *
 *     type (4 bits), TxAdd, RxAdd | length | address | data, or another address, or that and LLData
 */
import { refuse } from '../../../../src/refusal.ts';
import type { AddressType, DeviceAddress } from '../address.ts';
import { LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';

export const AdvertisingType = Object.freeze({
  connectable: 0,
  nonConnectable: 2,
  scanRequest: 3,
  scanResponse: 4,
  connect: 5,
  scannable: 6,
});

/** ADV_IND, ADV_NONCONN_IND, ADV_SCAN_IND and SCAN_RSP. */
export interface Announcement {
  readonly type: 0 | 2 | 4 | 6;
  readonly advertiser: DeviceAddress;
  readonly data: Uint8Array;
}

export interface ScanRequest {
  readonly type: 3;
  readonly scanner: DeviceAddress;
  readonly advertiser: DeviceAddress;
}

/** CONNECT_IND. Interval in 1.25 ms, timeout in 10 ms, latency in events. */
export interface ConnectRequest {
  readonly type: 5;
  readonly initiator: DeviceAddress;
  readonly advertiser: DeviceAddress;
  readonly accessAddress: number;
  readonly interval: number;
  readonly latency: number;
  readonly timeout: number;
}

export type AdvertisingPdu = Announcement | ScanRequest | ConnectRequest;

export const MAX_ADVERTISING_DATA = 31;

const ADDRESS_OCTETS = 6;
const TX_ADD = 0x40;
const RX_ADD = 0x80;

export function encodeAdvertisingPdu(pdu: AdvertisingPdu): Uint8Array {
  const payload = new LittleEndianWriter();
  if (pdu.type === AdvertisingType.connect) writeConnect(payload, pdu);
  else if (pdu.type === AdvertisingType.scanRequest)
    payload.octets(pdu.scanner.octets).octets(pdu.advertiser.octets);
  else payload.octets(pdu.advertiser.octets).octets(pdu.data);
  const bytes = payload.finish();
  return new LittleEndianWriter().uint8(header(pdu)).uint8(bytes.length).octets(bytes).finish();
}

/** Refuses other types, wrong lengths and parameters that no connection may have. */
export function decodeAdvertisingPdu(bytes: Uint8Array): AdvertisingPdu {
  const reader = new LittleEndianReader(bytes);
  const first = reader.uint8();
  if (reader.uint8() !== reader.remaining) refuse('frameInvalid');
  const sender = readAddress(reader, first & TX_ADD);
  const pdu = readRest(reader, first, sender);
  reader.end();
  return pdu;
}

/** Whether the Core Specification allows these parameters (Vol 6 Part B 4.5.1, 4.5.2). */
export function areConnectionParametersValid(interval: number, latency: number, timeout: number): boolean {
  return (
    interval >= 6 &&
    interval <= 3200 &&
    latency <= 499 &&
    timeout >= 10 &&
    timeout <= 3200 &&
    timeout * 10 > (1 + latency) * interval * 1.25 * 2
  );
}

function readRest(reader: LittleEndianReader, first: number, sender: DeviceAddress): AdvertisingPdu {
  const type = first & 0x0f;
  if (type === AdvertisingType.connect)
    return readConnect(reader, sender, readAddress(reader, first & RX_ADD));
  if (type === AdvertisingType.scanRequest) {
    return { type, scanner: sender, advertiser: readAddress(reader, first & RX_ADD) };
  }
  if (type === 0 || type === 2 || type === 4 || type === 6) {
    if (reader.remaining > MAX_ADVERTISING_DATA) refuse('tooLong');
    return { type, advertiser: sender, data: reader.octets(reader.remaining) };
  }
  return refuse('frameInvalid');
}

/** LLData: access address, CRC start, window size and offset, interval, latency, timeout, channels, hop. */
function writeConnect(payload: LittleEndianWriter, pdu: ConnectRequest): void {
  payload.octets(pdu.initiator.octets).octets(pdu.advertiser.octets).uint(pdu.accessAddress, 4);
  payload.uint(0x555555, 3).uint8(1).uint16(0);
  payload.uint16(pdu.interval).uint16(pdu.latency).uint16(pdu.timeout);
  payload.uint(2 ** 37 - 1, 5).uint8(5);
}

function readConnect(
  reader: LittleEndianReader,
  initiator: DeviceAddress,
  advertiser: DeviceAddress,
): ConnectRequest {
  const accessAddress = reader.uint(4);
  reader.take(6);
  const [interval, latency, timeout] = [reader.uint16(), reader.uint16(), reader.uint16()];
  reader.take(6);
  if (!areConnectionParametersValid(interval, latency, timeout)) refuse('frameInvalid');
  return { type: AdvertisingType.connect, initiator, advertiser, accessAddress, interval, latency, timeout };
}

function header(pdu: AdvertisingPdu): number {
  if (pdu.type === AdvertisingType.connect) return pdu.type | flags(pdu.initiator, pdu.advertiser);
  if (pdu.type === AdvertisingType.scanRequest) return pdu.type | flags(pdu.scanner, pdu.advertiser);
  return pdu.type | flags(pdu.advertiser);
}

function flags(sender: DeviceAddress, receiver?: DeviceAddress): number {
  return (sender.type === 1 ? TX_ADD : 0) | (receiver?.type === 1 ? RX_ADD : 0);
}

function readAddress(reader: LittleEndianReader, isRandom: number): DeviceAddress {
  const type: AddressType = isRandom === 0 ? 0 : 1;
  return { type, octets: reader.octets(ADDRESS_OCTETS) };
}
