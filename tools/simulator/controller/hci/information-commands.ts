// SPDX-License-Identifier: Apache-2.0

/** What a host asks a controller about itself, and what it has computed. */
import { encryptBlock } from '../link/cipher.ts';
import { FEATURES, VERSION } from '../link/exchanges.ts';
import { LittleEndianWriter } from '../little-endian.ts';
import type { Command } from './command.ts';
import { ACL_OCTETS, ACL_PACKETS } from './packet.ts';

/** No BR/EDR, LE in the controller: bits 37 and 38. */
const LMP_FEATURES = 0x60_0000_0000;
/** All combinations of roles: 42 bits. */
const LE_STATES = 2 ** 42 - 1;
const RSSI = 0xd8;

export const INFORMATION_COMMANDS: readonly Command[] = [
  {
    opcode: 0x0c01, // Set Event Mask
    supported: [5, 6],
    length: 8,
    run: ({ host }, parameters) => host.setMask(parameters.octets(8)),
  },
  {
    opcode: 0x0c03, // Reset
    supported: [5, 7],
    length: 0,
    run: (controller) => controller.reset(),
  },
  {
    opcode: 0x1001, // Read Local Version Information
    supported: [14, 3],
    length: 0,
    run: () => {
      const [version, company, subversion] = [VERSION[0]!, VERSION.subarray(1, 3), VERSION.subarray(3, 5)];
      const result = new LittleEndianWriter().uint8(version).uint16(0).uint8(version);
      return result.octets(company).octets(subversion);
    },
  },
  {
    opcode: 0x1003, // Read Local Supported Features
    supported: [14, 5],
    length: 0,
    run: () => new LittleEndianWriter().uint(LMP_FEATURES, 8),
  },
  {
    opcode: 0x1009, // Read BD_ADDR
    supported: [15, 1],
    length: 0,
    run: ({ identity }) => new LittleEndianWriter().octets(identity.publicAddress),
  },
  {
    opcode: 0x1405, // Read RSSI
    supported: [15, 5],
    length: 2,
    run: ({ connections }, parameters) => {
      const handle = parameters.uint16();
      connections.link(handle);
      return new LittleEndianWriter().uint16(handle).uint8(RSSI);
    },
  },
  {
    opcode: 0x2001, // LE Set Event Mask
    supported: [25, 0],
    length: 8,
    run: ({ host }, parameters) => host.setLeMask(parameters.octets(8)),
  },
  {
    opcode: 0x2002, // LE Read Buffer Size
    supported: [25, 1],
    length: 0,
    run: () => new LittleEndianWriter().uint16(ACL_OCTETS).uint8(ACL_PACKETS),
  },
  {
    opcode: 0x2003, // LE Read Local Supported Features
    supported: [25, 2],
    length: 0,
    run: () => new LittleEndianWriter().octets(FEATURES),
  },
  {
    opcode: 0x2017, // LE Encrypt
    supported: [27, 6],
    length: 32,
    run: (_controller, parameters) => {
      const [key, block] = [parameters.octets(16).reverse(), parameters.octets(16).reverse()];
      return new LittleEndianWriter().octets(encryptBlock(key, block).reverse());
    },
  },
  {
    opcode: 0x2018, // LE Rand
    supported: [27, 7],
    length: 0,
    run: ({ air }) => new LittleEndianWriter().octets(air.random(8)),
  },
  {
    opcode: 0x201c, // LE Read Supported States
    supported: [28, 3],
    length: 0,
    run: () => new LittleEndianWriter().uint(LE_STATES, 8),
  },
];
