// SPDX-License-Identifier: Apache-2.0

/**
 * A folder for each device: `nvs.bin`, which is the partition `nvs` of an ESP32 and what the other boards' stores are made
 * of (stores.ts), and its label. It is there whole or not at all.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../src/node/programs/provision.ts';
import { writeOnce } from '../../src/node/secret-file.ts';
import { refuse } from '../../src/refusal.ts';
import { svgLabel, textLabel } from './label.ts';
import { imageOf, provisioningIn } from './partition.ts';

export const IMAGE = 'nvs.bin';

export function imagesIn(folder: string): Place {
  const pathOf = (pneId: string) => join(folder, pneId);
  return {
    pathOf,
    has: (pneId) => existsSync(pathOf(pneId)),
    read: (pneId) => readImage(join(pathOf(pneId), IMAGE)),
    write: (pneId, provisioning, code) => writeDevice(folder, pneId, provisioning, code),
    remove: (pneId) => rmSync(pathOf(pneId), { recursive: true }),
  };
}

/** Throws what is wrong with it, where it holds no device. */
export function readImage(path: string): Uint8Array {
  try {
    return provisioningIn(Uint8Array.from(readFileSync(path))) ?? refuse('notProvisioned');
  } catch (error) {
    throw new Error(`${path} holds no device: ${(error as Error).message}`);
  }
}

/** Returns its folder. `code`: undefined for a device that joins by none. Throws where there is such a folder. */
export function writeDevice(folder: string, pneId: string, provisioning: Uint8Array, code?: string): string {
  const [unfinished, path] = [join(folder, `.${pneId}.new`), join(folder, pneId)];
  if (existsSync(path)) throw new Error(`${path} is there already, and is not replaced`);
  // What a run that was cut off has left: its code was not registered.
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const files = {
    [IMAGE]: imageOf(provisioning),
    'label.txt': Buffer.from(textLabel(pneId, code)),
    'label.svg': Buffer.from(svgLabel(pneId, code)),
  };
  for (const [name, bytes] of Object.entries(files)) writeOnce(join(unfinished, name), bytes, 0o600);
  renameSync(unfinished, path);
  syncFolder(folder);
  return path;
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}
