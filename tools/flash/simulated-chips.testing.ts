// SPDX-License-Identifier: Apache-2.0

/** What sets the chips apart, as their bootloaders show it. */

interface Chip {
  /** What `securityInfo` says; undefined: it does not know that command. */
  readonly id: number | undefined;
  /** Values of registers that are read. Of the first ESP32, the word that it is known by. */
  readonly registers: Readonly<Record<number, number>>;
  /** Registers of the controller of its flash. */
  readonly spi: { readonly base: number; readonly usr2: number; readonly w0: number };
}

const NEWER = { base: 0x60002000, usr2: 0x20, w0: 0x58 };

export const CHIPS = Object.freeze({
  ESP32: {
    id: undefined,
    registers: { 1073745920: 0x00f01d83 },
    spi: { base: 0x3ff42000, usr2: 0x24, w0: 0x80 },
  },
  'ESP32-S3': { id: 9, registers: {}, spi: NEWER },
  'ESP32-C3': { id: 5, registers: {}, spi: NEWER },
  'ESP32-C6': { id: 13, registers: {}, spi: { ...NEWER, base: 0x60003000 } },
} satisfies Record<string, Chip>) as Readonly<Record<ChipName, Chip>>;

export type ChipName = 'ESP32' | 'ESP32-S3' | 'ESP32-C3' | 'ESP32-C6';
