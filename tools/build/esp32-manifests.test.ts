// SPDX-License-Identifier: Apache-2.0

/** What the images of the ESP32 boards are made of, as far as it can be seen without the SDK. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import rv32 from '../../boards/qemu-rv32/board.json';
import { ROOT } from './bundle.ts';
import { ownSettings } from './esp32-settings.ts';
import { ESP32_BOARD_NAMES, ESP32_BOARDS } from './esp32-tools.ts';
import { SDK_COPIES } from './rv32-flash.ts';

const KIB = 1024;
/** Of application partitions, and of all others. */
const ALIGNMENT = Object.freeze({ app: 64 * KIB, data: 4 * KIB });
/** Behind the partition table. */
const FIRST_OFFSET = 0x9000;

const SLOT_BYTES = 16;

/** `static`: bytes in all, 0 where chunks and slots have their own. */
interface Creation {
  readonly static: number;
  readonly chunk: { readonly initial: number };
  readonly heap: { readonly initial: number };
}

interface Partition {
  readonly name: string;
  readonly type: keyof typeof ALIGNMENT;
  readonly offset: number;
  readonly size: number;
}

async function partitionsOf(board: string): Promise<Partition[]> {
  const text = await readFile(join(ROOT, 'boards', board, 'partitions.csv'), 'utf8');
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return rows.map((row) => {
    const [name = '', type, , offset, size] = row.split(',').map((cell) => cell.trim());
    return { name, type: type as Partition['type'], offset: Number(offset), size: Number(size) };
  });
}

/** The JSON of a manifest. */
async function manifest(path: string): Promise<string> {
  return await readFile(join(ROOT, 'manifests', path), 'utf8');
}

test('every C file of an image is in a manifest: what is missing would fail when it is linked', async () => {
  const named = (await manifest('base.json')) + (await manifest('crypto-native.json'));
  const files = await readdir(join(ROOT, 'firmware/native'));
  const sources = files.filter((file) => file.endsWith('.c') && !file.startsWith('bench'));
  assert.ok(sources.length > 20);
  for (const source of sources)
    assert.ok(named.includes(`firmware/native/${source.slice(0, -2)}"`), `${source} is in no manifest`);
});

test('what C is compiled with on ESP32 says where the crypto library has its headers, and both its configurations', async () => {
  const { platforms } = JSON.parse(await manifest('crypto-native.json')) as {
    platforms: { esp32: { build: { C_FLAGS_SUBPLATFORM: string }; dependency: { idf: string }[] } };
  };
  const flags = platforms.esp32.build.C_FLAGS_SUBPLATFORM.split('\t');
  for (const name of ['MBEDTLS_CONFIG_FILE', 'TF_PSA_CRYPTO_USER_CONFIG_FILE'])
    assert.ok(flags.includes(`-D${name}='"mbedtls/esp_config.h"'`), name);
  // mcconfig puts a backslash before each blank.
  assert.not.ok(flags.some((flag) => flag.includes(' ')));
  assert.ok(platforms.esp32.dependency.some(({ idf }) => idf === 'mbedtls'));
});

test('the partitions of each board lie in its flash, in order and aligned', async () => {
  for (const board of ESP32_BOARD_NAMES) {
    const partitions = await partitionsOf(board);
    assert.equal(
      partitions.map(({ name }) => name),
      ['nvs', 'phy_init', 'factory'],
    );
    let end = FIRST_OFFSET;
    for (const { name, type, offset, size } of partitions) {
      assert.ok(offset >= end && offset % ALIGNMENT[type] === 0 && size > 0, `${board}: ${name}`);
      end = offset + size;
    }
    assert.ok(end <= ESP32_BOARDS[board].flashBytes, board);
  }
});

test('XS has at least what a PNE takes on qemu-rv32, and what the engine of the SDK copies', async () => {
  for (const board of ESP32_BOARD_NAMES) {
    const text = await readFile(join(ROOT, 'boards', board, 'manifest.json'), 'utf8');
    const { creation } = JSON.parse(text) as { creation: Creation };
    const { static: all, chunk, heap } = creation;
    const bytes = all || chunk.initial + heap.initial * SLOT_BYTES;
    assert.ok(bytes >= rv32.creation.limit + SDK_COPIES, `${board}: ${bytes}`);
  }
});

test('a board pairs by passkey: NimBLE for LE Secure Connections alone opens nothing to Just Works', async () => {
  assert.is((await ownSettings()).get('CONFIG_BT_NIMBLE_SM_SC_ONLY'), '1');
  for (const board of ESP32_BOARD_NAMES) {
    const text = await readFile(join(ROOT, 'boards', board, 'manifest.json'), 'utf8');
    const { config } = JSON.parse(text) as { config: { ble: { ioCapabilities: string } } };
    assert.is(config.ble.ioCapabilities, 'display', board);
  }
});

test('an image within its budget fits the partition that it is written to', async () => {
  for (const board of ESP32_BOARD_NAMES) {
    const factory = (await partitionsOf(board)).find(({ name }) => name === 'factory')!;
    for (const { imageBytes } of Object.values(ESP32_BOARDS[board].budgets))
      assert.ok(imageBytes <= factory.size, board);
  }
});

test.run();
