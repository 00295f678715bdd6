// SPDX-License-Identifier: Apache-2.0

/** The flash of a qemu-rv32 board as it leaves the factory: values under names, as boards/qemu-rv32/flash-log.c reads them. */
import { truncate, writeFile } from 'node:fs/promises';
import { crc32 } from '../provision/crc.ts';

const MAGIC = 0x31454e50;
/** The bank that QEMU's machine has. */
const BANK_BYTES = 32 * 1024 * 1024;
/** Blocks that the board uses: they are erased, which costs room on disk. */
const USED_BYTES = 2 * 256 * 1024;
const AREA_BYTES = 16_384;

/** Writes a file with these values. Throws where they do not fit. */
export async function writeFlash(path: string, values: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const entries = Object.entries(values).map(([name, value]) => encodeEntry(name, value));
  const area = Buffer.concat([encodeHeader(), ...entries]);
  if (area.length > AREA_BYTES) throw new Error(`${area.length} bytes do not fit into the board's flash`);
  const erased = Buffer.alloc(USED_BYTES, 0xff);
  area.copy(erased);
  await writeFile(path, erased, { mode: 0o600 });
  await truncate(path, BANK_BYTES);
}

function encodeHeader(): Buffer {
  const generation = 1;
  const header = Buffer.alloc(12);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(generation, 4);
  header.writeUInt32LE(crc32([header.subarray(0, 8)]), 8);
  return header;
}

function encodeEntry(name: string, value: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(name), value]);
  const entry = Buffer.alloc(8 + 4 * Math.ceil(content.length / 4), 0xff);
  entry.writeUInt32LE(value.length + name.length * 2 ** 16, 0);
  entry.writeUInt32LE(crc32([entry.subarray(0, 4), content]), 4);
  content.copy(entry, 8);
  return entry;
}
