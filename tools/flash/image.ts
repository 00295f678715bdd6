// SPDX-License-Identifier: Apache-2.0

/** What is written to a board: the files of an image that was built, and who the board is to be. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readFlasherArguments } from '../build/esp32.ts';
import { IMAGE } from '../provision/images.ts';
import { provisioningIn } from '../provision/partition.ts';
import type { Identity } from './identity.ts';
import { type FlashPart, FlashProblem } from './part.ts';
import { type PartitionRow, readPartitionTable, storeIn } from './partition-table.ts';

/** What of a `BoardImage` is written. */
export interface BuiltImage {
  readonly chip: string;
  /** Ascending, by files. */
  readonly parts: readonly { readonly offset: number; readonly path: string }[];
}

const ARGUMENTS = 'flasher_args.json';
const TABLE = 'partition-table.bin';
const NAMES: Readonly<Record<string, string>> = Object.freeze({
  'bootloader.bin': 'bootloader',
  [TABLE]: 'partition table',
});
/** Of an application and a bootloader: the first byte, and where they say for which chip they are. */
const MAGIC = 0xe9;
const CHIP_AT = 12;
const CHIP_IDS: Readonly<Record<string, number>> = Object.freeze({
  esp32: 0,
  esp32s3: 9,
  esp32c3: 5,
  esp32c6: 13,
});

/** The image that ESP-IDF has built in a folder. Throws a `FlashProblem` where there is none. */
export function imageIn(folder: string): BuiltImage {
  const path = join(folder, ARGUMENTS);
  if (!existsSync(path))
    throw new FlashProblem(`${folder} holds no ${ARGUMENTS}: name the folder 'build' of ESP-IDF's project`);
  try {
    return readFlasherArguments(readFileSync(path, 'utf8'), folder);
  } catch (error) {
    throw new FlashProblem(`${path} cannot be used (${(error as Error).message}): build the image again`);
  }
}

/** Throws a `FlashProblem` where a file is missing, or is for another chip. */
export function partsOf({ chip, parts }: BuiltImage): FlashPart[] {
  return parts.map(({ offset, path }) => {
    if (!existsSync(path)) throw new FlashProblem(`${path} is missing: build the image again`);
    const bytes = Uint8Array.from(readFileSync(path));
    const name = NAMES[basename(path)] ?? 'program';
    if (name !== 'partition table') checkChip(bytes, chip, path);
    return partOf(name, offset, bytes);
  });
}

/** `path`: `nvs.bin`, or the folder that it is in. Throws a `FlashProblem` where it is no device, or has no place. */
export function identityFor(path: string, replaces: boolean, parts: readonly FlashPart[]): Identity {
  const bytes = readIdentity(path);
  const row = storeOf(parts);
  if (row === undefined || row.size < bytes.length)
    throw new FlashProblem(
      `the image has no partition nvs of ${bytes.length} bytes for ${path}: build it again`,
    );
  return identityAt(row, bytes, replaces);
}

/** `bytes`: an image of the partition, which may be longer. */
export function identityAt(
  { offset, size }: Pick<PartitionRow, 'offset' | 'size'>,
  bytes: Uint8Array,
  replaces: boolean,
): Identity {
  const whole = new Uint8Array(size).fill(0xff);
  const blankMd5 = md5(whole);
  whole.set(bytes);
  return { partition: partOf('identity', offset, whole), blankMd5, replaces };
}

/** Where the firmware has its store; undefined where the image has none. */
export function storeOf(parts: readonly FlashPart[]): PartitionRow | undefined {
  const table = parts.find(({ name }) => name === NAMES[TABLE]);
  try {
    return table && storeIn(readPartitionTable(table.bytes));
  } catch {
    return undefined;
  }
}

/** Throws a `FlashProblem` where it is no device. */
export function readIdentity(path: string): Uint8Array {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, IMAGE) : path;
  if (!existsSync(file)) throw new FlashProblem(`${file} is missing: npm run provision makes it`);
  const bytes = Uint8Array.from(readFileSync(file));
  try {
    if (provisioningIn(bytes) !== undefined) return bytes;
  } catch {
    // Said below.
  }
  throw new FlashProblem(`${file} holds no device: npm run provision makes it`);
}

function checkChip(bytes: Uint8Array, chip: string, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isImage = bytes.length > CHIP_AT + 2 && bytes[0] === MAGIC;
  if (!isImage || view.getUint16(CHIP_AT, true) !== CHIP_IDS[chip])
    throw new FlashProblem(`${path} is no image for ${chip}: build it again`);
}

/** With the MD5 of the bytes, which are filled up to words. */
export function partOf(name: string, offset: number, bytes: Uint8Array): FlashPart {
  const whole = new Uint8Array(4 * Math.ceil(bytes.length / 4)).fill(0xff);
  whole.set(bytes);
  return { name, offset, bytes: whole, md5: md5(whole) };
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
