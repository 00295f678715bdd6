// SPDX-License-Identifier: Apache-2.0

/** What a device takes for a new image, and what becomes of the former one whatever comes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { CborWriter } from '../cbor/writer.ts';
import { outcome } from '../cose/test-fixture.ts';
import { Curve } from '../crypto/curves.ts';
import { createRunningSha256 } from '../crypto/noble/running-hash.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { provider } from '../session/test-fixture.ts';
import { createMemoryMedium, type Failure, type MemoryMedium, PowerCut } from '../store/medium.testing.ts';
import { type Manifest, signManifest, verifyManifest } from './manifest.ts';
import { BLOCK_BYTES, readImage, readInstalled } from './slots.ts';
import { beginUpdate, type Update, type UpdateOptions } from './update.ts';

const test = suite('update');

const BOARD = 'linux';
/** noble takes tens of milliseconds for a signature in XS. */
const STRIDE = Reflect.has(globalThis, 'process') ? 1 : 29;
const MAX_BYTES = 3 * BLOCK_BYTES;
const OWNER = provider.privateKey(Curve.P256, new Uint8Array(32).fill(7));
const STRANGER = provider.privateKey(Curve.P256, new Uint8Array(32).fill(8));

function imageOf(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + first) & 0xff);
}

const FIRST = imageOf(BLOCK_BYTES + 100, 1);
const SECOND = imageOf(BLOCK_BYTES + 1, 2);

function digestOf(image: Uint8Array): Uint8Array {
  const hash = createRunningSha256();
  hash.update(image);
  return hash.digest();
}

function signed(image: Uint8Array, version: number, change: Partial<Manifest> = {}, key: PrivateKey = OWNER) {
  const manifest = { version, board: BOARD, size: image.length, digest: digestOf(image) };
  return signManifest(provider, key, { ...manifest, ...change });
}

function optionsFor(medium: MemoryMedium): UpdateOptions {
  const own = { board: BOARD, maxBytes: MAX_BYTES, publicKey: OWNER.publicKey };
  return { ...own, provider, medium, createHash: createRunningSha256 };
}

/** In parts that fit no block. */
function feed(update: Update, image: Uint8Array): void {
  for (let at = 0; at < image.length; at += 1000) update.write(image.subarray(at, at + 1000));
}

function install(medium: MemoryMedium, image: Uint8Array, version: number): void {
  const update = beginUpdate(optionsFor(medium), signed(image, version));
  feed(update, image);
  update.finish();
}

/** What the board starts, with its version. */
function started(medium: MemoryMedium): { version: number; image: Uint8Array } | undefined {
  const installed = readInstalled(medium);
  if (installed === undefined) return undefined;
  const blocks: Uint8Array[] = [];
  readImage(medium, installed, (block) => blocks.push(block));
  return { version: installed.version, image: concatBytes(...blocks) };
}

test('a board that never took an update has none', () => {
  assert.is(readInstalled(createMemoryMedium()), undefined);
});

test('an image that was signed is started, and then the next one', () => {
  const medium = createMemoryMedium();
  install(medium, FIRST, 1);
  assert.equal(started(medium), { version: 1, image: FIRST });
  install(medium, SECOND, 5);
  assert.equal(started(medium.restart()), { version: 5, image: SECOND });
  install(medium, FIRST, 6);
  assert.equal(started(medium), { version: 6, image: FIRST });
});

test('of images as long as whole blocks nothing is left over', () => {
  const medium = createMemoryMedium();
  const whole = imageOf(2 * BLOCK_BYTES, 9);
  install(medium, whole, 1);
  assert.equal(started(medium)!.image, whole);
});

const other = (image: Uint8Array) => digestOf(imageOf(image.length, 77));

const REFUSED: readonly [what: string, manifest: () => Uint8Array, reason: string][] = [
  ['signed by another key', () => signed(SECOND, 2, {}, STRANGER), 'signatureInvalid'],
  ['of the version that is there: a replay', () => signed(FIRST, 1), 'updateBehind'],
  ['of the version that is there, with another image', () => signed(SECOND, 1), 'updateBehind'],
  ['for another board', () => signed(SECOND, 2, { board: 'qemu-rv32' }), 'updateForeign'],
  [
    'of an image longer than there is room for',
    () => signed(SECOND, 2, { size: MAX_BYTES + 1 }),
    'updateTooLong',
  ],
];

for (const [what, manifest, reason] of REFUSED) {
  test(`a manifest ${what} is refused before anything is written`, () => {
    const medium = createMemoryMedium();
    install(medium, FIRST, 1);
    const writes = medium.changes.writes;
    assert.is(
      outcome(() => beginUpdate(optionsFor(medium), manifest())),
      reason,
    );
    assert.is(medium.changes.writes, writes);
    assert.equal(started(medium), { version: 1, image: FIRST });
  });
}

test('an older version is refused for good, whatever came in between', () => {
  const medium = createMemoryMedium();
  install(medium, FIRST, 3);
  for (const version of [1, 2, 3])
    assert.is(
      outcome(() => beginUpdate(optionsFor(medium), signed(SECOND, version))),
      'updateBehind',
    );
  install(medium, SECOND, 4);
  assert.is(
    outcome(() => beginUpdate(optionsFor(medium.restart()), signed(FIRST, 3))),
    'updateBehind',
  );
});

test('a manifest with any bit changed, cut anywhere, or with a byte more is refused', () => {
  const bytes = signed(FIRST, 1);
  const refused = (changed: Uint8Array) => outcome(() => verifyManifest(provider, OWNER.publicKey, changed));
  for (let at = 0; at < bytes.length; at += STRIDE) {
    const changed = bytes.slice();
    changed[at]! ^= 1 << (at % 8);
    assert.is.not(refused(changed), 'accepted', `bit ${at % 8} of byte ${at}`);
    assert.is.not(refused(bytes.slice(0, at)), 'accepted', `${at} bytes`);
  }
  assert.is.not(refused(concatBytes(bytes, Uint8Array.of(0))), 'accepted');
  assert.is(refused(bytes), 'accepted');
});

test('what is signed and is no manifest is refused', () => {
  const digest = digestOf(FIRST);
  for (const change of [{ version: 0 }, { size: 0 }, { digest: digest.slice(1) }, { board: 'x'.repeat(33) }])
    assert.is(
      outcome(() => signed(FIRST, 1, change)),
      'updateDamaged',
    );
});

const WRONG: readonly [what: string, image: Uint8Array, change: Partial<Manifest>][] = [
  ['cut short', SECOND.subarray(0, SECOND.length - 1), {}],
  ['of a block less', SECOND.subarray(0, BLOCK_BYTES), {}],
  ['with a byte more', concatBytes(SECOND, Uint8Array.of(0)), {}],
  ['that is another', SECOND, { digest: other(SECOND) }],
  ['that is longer than it says', SECOND, { size: SECOND.length - 1 }],
];

for (const [what, image, change] of WRONG) {
  test(`an image ${what} is never started`, () => {
    const medium = createMemoryMedium();
    install(medium, FIRST, 1);
    const update = beginUpdate(optionsFor(medium), signed(SECOND, 2, change));
    assert.is(
      outcome(() => {
        feed(update, image);
        update.finish();
      }),
      'updateDamaged',
    );
    assert.is(
      outcome(() => update.write(SECOND)),
      'stateInvalid',
    );
    assert.is(
      outcome(() => update.finish()),
      'stateInvalid',
    );
    assert.equal(started(medium), { version: 1, image: FIRST });
    install(medium, SECOND, 2);
    assert.equal(started(medium), { version: 2, image: SECOND });
  });
}

test('an image that the board has not kept as it was written is never started', () => {
  const medium = createMemoryMedium();
  install(medium, FIRST, 1);
  const update = beginUpdate(optionsFor(medium), signed(SECOND, 2));
  feed(update, SECOND);
  medium.values.get('b0')![17]! ^= 4;
  assert.is(
    outcome(() => update.finish()),
    'updateDamaged',
  );
  assert.equal(started(medium), { version: 1, image: FIRST });
});

test('a head that is none of ours is not taken for one', () => {
  const medium = createMemoryMedium();
  medium.write('head', new CborWriter().array(1).integer(1).finish());
  assert.is(
    outcome(() => readInstalled(medium)),
    'storeInvalid',
  );
});

for (const failure of [
  'cutBefore',
  'cutAfter',
  'full',
  'failedAfter',
] as const satisfies readonly Failure[]) {
  test(`power that fails, or a store that does, at any write (${failure}): the old image or the new one`, () => {
    const seen = new Set<number>();
    for (let at = 0; ; at += 1) {
      const medium = createMemoryMedium();
      install(medium, FIRST, 1);
      medium.failAt(at, failure);
      const isDone = attempt(() => install(medium, SECOND, 2));
      const after = medium.restart();
      const found = started(after)!;
      assert.equal(found, found.version === 1 ? { version: 1, image: FIRST } : { version: 2, image: SECOND });
      if (isDone) assert.is(found.version, 2);
      seen.add(found.version);
      if (found.version === 1) install(after, SECOND, 2);
      assert.equal(started(after), { version: 2, image: SECOND });
      if (isDone) break;
    }
    assert.equal([...seen].sort(), [1, 2]);
  });
}

/** Whether it came to its end. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof PowerCut) && !/the medium failed/.test(String(error))) throw error;
    return false;
  }
}

test.run();
