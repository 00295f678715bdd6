// SPDX-License-Identifier: Apache-2.0

/** Test code: folders as ESP-IDF and `npm run provision` leave them. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFill } from '../../src/bytes/random.testing.ts';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { encodeInvited } from '../../src/roles/provisioning.ts';
import { writeDevice } from '../provision/images.ts';

const CHIP_IDS: Readonly<Record<string, number>> = { esp32: 0, esp32s3: 9, esp32c3: 5, esp32c6: 13 };

export const NVS = Object.freeze({ offset: 0x9000, size: 0x6000 });

/** The project's build folder, with a bootloader and an application that are none but in their headers. */
export function buildFolder(chip: string): string {
  const folder = join(scratchFolder(), 'build');
  const files: Record<string, Uint8Array> = {
    'bootloader/bootloader.bin': program(chip, 1, 9000),
    'partition_table/partition-table.bin': partitionTable([
      ['nvs', 1, 2, NVS.offset, NVS.size],
      ['phy_init', 1, 1, 0xf000, 0x1000],
      ['factory', 0, 0, 0x10000, 0x3f0000],
    ]),
    'xs_esp32.bin': program(chip, 2, 40_001),
  };
  const offsets = [chip === 'esp32' ? '0x1000' : '0x0', '0x8000', '0x10000'];
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const args = {
    flash_settings: { flash_mode: 'dio', flash_freq: '80m', flash_size: '4MB' },
    flash_files: Object.fromEntries(Object.keys(files).map((name, at) => [offsets[at]!, name])),
    extra_esptool_args: { after: 'hard_reset', before: 'default_reset', stub: true, chip },
  };
  writeFileSync(join(folder, 'flasher_args.json'), JSON.stringify(args));
  return folder;
}

/** Returns its folder. */
export function newDevice(pneId: string): string {
  const place = { pneId, gatewayAddress: '192.0.2.7', gatewayPort: 8751 };
  return writeDevice(scratchFolder(), pneId, encodeInvited({ ...place, secret: new Uint8Array(16).fill(3) }));
}

function program(chip: string, seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  createFill(seed)(bytes);
  bytes[0] = 0xe9;
  bytes.set([CHIP_IDS[chip]!, 0], 12);
  return bytes;
}

export type Row = readonly [name: string, type: number, subtype: number, offset: number, size: number];

export function partitionTable(rows: readonly Row[]): Uint8Array {
  const table = Buffer.alloc(3072, 0xff);
  rows.forEach(([name, type, subtype, offset, size], at) => {
    const row = Buffer.alloc(32);
    row.writeUInt16LE(0x50aa, 0);
    row.set([type, subtype], 2);
    row.writeUInt32LE(offset, 4);
    row.writeUInt32LE(size, 8);
    row.write(name, 12);
    row.copy(table, 32 * at);
  });
  const end = 32 * rows.length;
  table.set([0xeb, 0xeb], end);
  createHash('md5')
    .update(table.subarray(0, end))
    .digest()
    .copy(table, end + 16);
  return Uint8Array.from(table);
}
