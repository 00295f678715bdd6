// SPDX-License-Identifier: Apache-2.0

/** Addresses, advertising, scanning, the accept list. */
import { type DeviceAddress, PUBLIC, RANDOM } from '../address.ts';
import { AdvertisingType, type Announcement, MAX_ADVERTISING_DATA } from '../air/advertising-pdu.ts';
import { ErrorCode, refuseCommand } from '../errors.ts';
import { type LittleEndianReader, LittleEndianWriter } from '../little-endian.ts';
import { ACCEPT_LIST_SIZE } from '../roles/accept-list.ts';
import type { Command } from './command.ts';

/** By the number that HCI gives them. Directed advertising is not supported. */
const ADVERTISING_TYPES: ReadonlyMap<number, Announcement['type']> = new Map([
  [0, AdvertisingType.connectable],
  [2, AdvertisingType.scannable],
  [3, AdvertisingType.nonConnectable],
]);
const MIN_INTERVAL = 0x20;
const MAX_INTERVAL = 0x4000;

export const ADVERTISING_COMMANDS: readonly Command[] = [
  {
    opcode: 0x2005, // LE Set Random Address
    supported: [25, 4],
    length: 6,
    run: ({ identity, advertiser, scanner, initiator }, parameters) => {
      if (advertiser.isActive || scanner.isActive || initiator.isActive) {
        refuseCommand(ErrorCode.commandDisallowed);
      }
      identity.setRandom(parameters.octets(6));
    },
  },
  {
    opcode: 0x2006, // LE Set Advertising Parameters
    supported: [25, 5],
    length: 15,
    run: ({ advertiser }, parameters) => {
      const [min, max] = [parameters.uint16(), parameters.uint16()];
      if (min < MIN_INTERVAL || max > MAX_INTERVAL || min > max) refuseCommand(ErrorCode.invalidParameters);
      const type = ADVERTISING_TYPES.get(parameters.uint8()) ?? refuseCommand(ErrorCode.unsupportedParameter);
      const ownAddressType = parameters.uint8();
      parameters.take(8);
      if (parameters.uint8() !== 0) refuseCommand(ErrorCode.unsupportedParameter);
      advertiser.setParameters({ interval: min, type, ownAddressType });
    },
  },
  {
    opcode: 0x2007, // LE Read Advertising Physical Channel Tx Power
    supported: [25, 6],
    length: 0,
    run: () => new LittleEndianWriter().uint8(0),
  },
  {
    opcode: 0x2008, // LE Set Advertising Data
    supported: [25, 7],
    length: 1 + MAX_ADVERTISING_DATA,
    run: ({ advertiser }, parameters) => advertiser.setData(readAdvertisingData(parameters)),
  },
  {
    opcode: 0x2009, // LE Set Scan Response Data
    supported: [26, 0],
    length: 1 + MAX_ADVERTISING_DATA,
    run: ({ advertiser }, parameters) => advertiser.setScanResponse(readAdvertisingData(parameters)),
  },
  {
    opcode: 0x200a, // LE Set Advertising Enable
    supported: [26, 1],
    length: 1,
    run: ({ advertiser, identity, connections }, parameters) => {
      if (!readSwitch(parameters)) return advertiser.stop();
      if (advertiser.isConnectable && connections.isFull) refuseCommand(ErrorCode.connectionLimitExceeded);
      advertiser.start(identity.own(advertiser.ownAddressType));
    },
  },
  {
    opcode: 0x200b, // LE Set Scan Parameters
    supported: [26, 2],
    length: 7,
    run: ({ scanner }, parameters) => {
      const isActive = readSwitch(parameters);
      const [interval, window] = [parameters.uint16(), parameters.uint16()];
      if (window > interval) refuseCommand(ErrorCode.invalidParameters);
      const ownAddressType = parameters.uint8();
      scanner.setParameters({ isActive, ownAddressType, acceptListOnly: readSwitch(parameters) });
    },
  },
  {
    opcode: 0x200c, // LE Set Scan Enable
    supported: [26, 3],
    length: 2,
    run: ({ scanner, identity }, parameters) => {
      const [isOn, filtersDuplicates] = [readSwitch(parameters), readSwitch(parameters)];
      if (isOn) scanner.start(identity.own(scanner.ownAddressType), filtersDuplicates);
      else scanner.stop();
    },
  },
  {
    opcode: 0x200f, // LE Read Filter Accept List Size
    supported: [26, 6],
    length: 0,
    run: () => new LittleEndianWriter().uint8(ACCEPT_LIST_SIZE),
  },
  {
    opcode: 0x2010, // LE Clear Filter Accept List
    supported: [26, 7],
    length: 0,
    run: ({ acceptList }) => acceptList.clear(),
  },
  {
    opcode: 0x2011, // LE Add Device To Filter Accept List
    supported: [27, 0],
    length: 7,
    run: ({ acceptList }, parameters) => acceptList.add(readDevice(parameters)),
  },
  {
    opcode: 0x2012, // LE Remove Device From Filter Accept List
    supported: [27, 1],
    length: 7,
    run: ({ acceptList }, parameters) => acceptList.remove(readDevice(parameters)),
  },
];

/** An address type and an address. */
export function readDevice(parameters: LittleEndianReader): DeviceAddress {
  const type = parameters.uint8();
  if (type !== PUBLIC && type !== RANDOM) refuseCommand(ErrorCode.invalidParameters);
  return { type, octets: parameters.octets(6) };
}

/** 0 or 1. */
export function readSwitch(parameters: LittleEndianReader): boolean {
  const value = parameters.uint8();
  if (value > 1) refuseCommand(ErrorCode.invalidParameters);
  return value === 1;
}

function readAdvertisingData(parameters: LittleEndianReader): Uint8Array {
  const length = parameters.uint8();
  const data = parameters.octets(MAX_ADVERTISING_DATA);
  if (length > MAX_ADVERTISING_DATA) refuseCommand(ErrorCode.invalidParameters);
  return data.slice(0, length);
}
