// SPDX-License-Identifier: Apache-2.0

/**
 * The stores of boards without NVS, made of the partition that an ESP32 has: the folder of a PNE on boards/linux, and the
 * flash of one on boards/qemu-rv32. What is there stays, and is not replaced.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce } from '../../src/node/secret-file.ts';
import { writeFlash } from '../simulator/flash.ts';
import { readNvs } from './nvs-reader.ts';

/** Refuses as `readNvs` does; throws where a value is there already. */
export function writeStoreFolder(partition: Uint8Array, folder: string): void {
  for (const [domain, values] of readNvs(partition)) {
    mkdirSync(join(folder, domain), { recursive: true, mode: 0o700 });
    for (const [key, value] of values) writeOnce(join(folder, domain, key), value, 0o600);
  }
}

export async function writeStoreFlash(partition: Uint8Array, path: string): Promise<void> {
  if (existsSync(path)) throw new Error(`${path} is there already, and is not replaced`);
  const values = [...readNvs(partition)].flatMap(([domain, blobs]) =>
    [...blobs].map(([key, value]) => [`${domain}/${key}`, value] as const),
  );
  await writeFlash(path, Object.fromEntries(values));
}
