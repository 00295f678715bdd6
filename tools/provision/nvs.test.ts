// SPDX-License-Identifier: Apache-2.0

/** Partitions of ESP-IDF's key-value storage: as Espressif's generator has them, read back, and damaged. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { equalBytes } from '../../src/bytes/compare.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { createRandom, randomBytes } from '../../src/bytes/random.testing.ts';
import { Refusal } from '../../src/refusal.ts';
import images from '../vectors/nvs-partition-gen/images.json' with { type: 'json' };
import { EntryState, entryCrc, headerCrc, PAGE_BYTES, PageState } from './nvs.ts';
import { isBlank, readNvs } from './nvs-reader.ts';
import { writeNvs } from './nvs-writer.ts';

const test = suite('nvs');
const SIZE = 0x6000;
const BLOB = new Uint8Array(133).map((_, at) => at);
/** Its upper half is for no entry. */
const LAST_OF_BITMAP = 63;
/** Offsets of the first page's entries: of the namespace, the blob's data, its first bytes, its index. */
const [SPACE, DATA, CONTENT, INDEX] = [64, 96, 128, 288] as const;

function theirs({ pages, size }: (typeof images)[number]): Uint8Array {
  const image = new Uint8Array(size).fill(0xff);
  pages.forEach((page, at) => {
    image.set(fromHex(page), at * PAGE_BYTES);
  });
  return image;
}

function valuesOf({ values }: (typeof images)[number]): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(values).map(([key, hex]) => [key, fromHex(hex!)]));
}

function hexOf(image: Uint8Array): Record<string, string> {
  return Object.fromEntries([...readNvs(image).get('pne')!].map(([key, value]) => [key, toHex(value)]));
}

/** One blob, with these changes; CRCs of the header and the entries are made right again. */
function damaged(change: (image: Uint8Array, view: DataView) => void, { mends } = { mends: true }) {
  const image = writeNvs('pne', { provisioning: BLOB }, SIZE);
  const view = new DataView(image.buffer);
  change(image, view);
  if (!mends) return image;
  view.setUint32(28, headerCrc(image), true);
  for (const at of [SPACE, DATA, INDEX]) view.setUint32(at + 4, entryCrc(image.subarray(at, at + 32)), true);
  return image;
}

function mark(image: Uint8Array, at: number, state: number): void {
  const index = (at - 64) / 32;
  image[32 + (index >> 2)]! &= ~(3 << (2 * (index & 3)));
  image[32 + (index >> 2)]! |= state << (2 * (index & 3));
}

function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.reasonName;
  }
}

for (const image of images)
  test(`${image.name}: what Espressif's generator writes is read, and what is written is the same`, () => {
    const expected = theirs(image);
    assert.equal(hexOf(expected), image.values);
    assert.ok(equalBytes(writeNvs('pne', valuesOf(image), image.size), expected));
  });

test('a page that is full says so, and the last one stays free', () => {
  const image = writeNvs('pne', { blob: new Uint8Array(2 * 4000) }, 4 * PAGE_BYTES);
  const states = [0, 1, 2, 3].map((page) => new DataView(image.buffer).getUint32(page * PAGE_BYTES, true));
  assert.equal(states, [PageState.full, PageState.full, PageState.active, PageState.empty]);
  assert.is(
    refusalOf(() => writeNvs('pne', { blob: new Uint8Array(3 * 4000) }, 4 * PAGE_BYTES)),
    'tooLong',
  );
});

test('values of any length around those that fill entries and pages are read back', () => {
  const random = createRandom(7);
  for (const length of [0, 1, 31, 32, 33, 3935, 3936, 3937, 3967, 3968, 3969, 4000, 4001, 9000]) {
    const values = { a: randomBytes(random, length), b: randomBytes(random, 40) };
    const blobs = readNvs(writeNvs('space-of-15-chr', values, SIZE)).get('space-of-15-chr')!;
    assert.equal(Object.fromEntries(blobs), values, `${length}`);
  }
});

test('names that NVS has not, and stores that it cannot use, are not written', () => {
  for (const name of ['', 'sixteen-letters.', 'with space', 'naïve', 'a\0b'])
    assert.is(
      refusalOf(() => writeNvs('pne', { [name]: BLOB }, SIZE)),
      'badArgument',
      name,
    );
  for (const size of [0, PAGE_BYTES, 2 * PAGE_BYTES, SIZE + 1, 65 * PAGE_BYTES])
    assert.is(
      refusalOf(() => writeNvs('pne', {}, size)),
      'badArgument',
    );
});

test('a bit that changes is noticed, in front of what fills an entry up', () => {
  const image = writeNvs('pne', { provisioning: BLOB }, SIZE);
  const isNoticed = (changed: Uint8Array) => {
    let isThere = false;
    const reason = refusalOf(() => {
      isThere = readNvs(changed).get('pne')!.has('provisioning');
    });
    // A bit of the bitmap may say that what it is about was erased.
    return reason !== undefined || !isThere;
  };
  for (let at = 4; at < INDEX + 32; at += 1) {
    if (at === LAST_OF_BITMAP || (at >= CONTENT + BLOB.length && at < INDEX)) continue;
    const changed = image.slice();
    changed[at]! ^= 1 << (at % 8);
    assert.ok(isNoticed(changed), `byte ${at}`);
  }
});

test('each part that a hostile image has wrong is refused with its reason', () => {
  const wrong: [string, string, (image: Uint8Array, view: DataView) => void][] = [
    ['version 1', 'notWellFormed', (image) => image.fill(0xff, 8, 9)],
    ['a state that no page has', 'notWellFormed', (_, view) => view.setUint32(0, 0xfffffff0, true)],
    ['a bitmap of 01', 'notWellFormed', (image) => image.fill(0x55, 36, 37)],
    ['a span of 0', 'notWellFormed', (image) => image.fill(0, DATA + 2, DATA + 3)],
    ['a span beyond the page', 'notWellFormed', (image) => image.fill(126, DATA + 2, DATA + 3)],
    ['a span beyond what is written', 'notWellFormed', (image) => image.fill(9, DATA + 2, DATA + 3)],
    ['a length of another span', 'notWellFormed', (_, view) => view.setUint16(DATA + 24, 20, true)],
    ['a type that there is not', 'notWellFormed', (image) => image.fill(0x43, INDEX + 1, INDEX + 2)],
    ['a key without its end', 'notWellFormed', (image) => image.fill(0x61, INDEX + 8, INDEX + 24)],
    ['a key with bytes behind it', 'notWellFormed', (image) => image.fill(0x61, INDEX + 22, INDEX + 23)],
    ['a key that is no ASCII', 'notWellFormed', (image) => image.fill(0xc3, INDEX + 8, INDEX + 9)],
    ['an index of another length', 'notWellFormed', (_, view) => view.setUint32(INDEX + 24, 134, true)],
    ['an index of more chunks', 'truncated', (image) => image.fill(2, INDEX + 28, INDEX + 29)],
    ['a blob of no namespace', 'notWellFormed', (image) => image.fill(2, INDEX, INDEX + 1)],
    ['a namespace with the number 0', 'duplicateKey', (image) => image.fill(0, SPACE + 24, SPACE + 25)],
    [
      'a key that is there twice',
      'duplicateKey',
      (image) => {
        image.copyWithin(INDEX + 32, INDEX, INDEX + 32);
        mark(image, INDEX + 32, EntryState.written);
      },
    ],
    ['two pages with one number', 'duplicateKey', (image) => image.copyWithin(PAGE_BYTES, 0, 32)],
  ];
  for (const [what, reason, change] of wrong)
    assert.is(
      refusalOf(() => readNvs(damaged(change))),
      reason,
      what,
    );
  const untrue = damaged((image) => image.fill(1, CONTENT, CONTENT + 1), { mends: false });
  assert.is(
    refusalOf(() => readNvs(untrue)),
    'integrityFailure',
  );
});

test('bytes that are no whole pages, and of too many, are refused', () => {
  const image = writeNvs('pne', { provisioning: BLOB }, SIZE);
  for (const length of [0, 1, PAGE_BYTES, 2 * PAGE_BYTES, SIZE - 1])
    assert.is(
      refusalOf(() => readNvs(image.subarray(0, length))),
      'truncated',
    );
  assert.is(
    refusalOf(() => readNvs(new Uint8Array(65 * PAGE_BYTES).fill(0xff))),
    'truncated',
  );
  assert.ok(isBlank(new Uint8Array(SIZE).fill(0xff)));
  assert.is(readNvs(new Uint8Array(SIZE).fill(0xff)).size, 0);
});

test('what a device has erased is not there, and numbers of its own are passed over', () => {
  const erased = damaged((image) => mark(image, INDEX, EntryState.erased), { mends: false });
  assert.is(readNvs(erased).get('pne')!.size, 0);
});

test.run();
