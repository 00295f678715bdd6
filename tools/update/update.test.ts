// SPDX-License-Identifier: Apache-2.0

/** A device of the Linux board that takes images of its program: the command, and power that fails at every change. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Curve } from '../../src/crypto/curves.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type Manifest, signManifest } from '../../src/update/manifest.ts';
import { BLOCK_BYTES } from '../../src/update/slots.ts';
import { OUTPUT, ROOT } from '../build/bundle.ts';
import { spawnXs } from '../build/xs.ts';
import { finish } from '../test/command.ts';
import { bundleUpdateProgram, installedImage, provisionOwner, runUpdate } from './board.ts';

const test = suite('update on the Linux board');

const folder = mkdtempSync(join(tmpdir(), 'pne-update-'));
const provider = createNodeProvider();
const owner = provider.generateKey(Curve.P256);
const bundle = await bundleUpdateProgram();
let stores = 0;

/** A program that says which it is, as long as that. */
function program(name: string, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(`trace("this is ${name}\\n");\n//`.padEnd(length, 'x')));
}

const FIRST = program('the first', BLOCK_BYTES + 300);
const SECOND = program('the second', BLOCK_BYTES + 17);

function signed(image: Uint8Array, version: number, change: Partial<Manifest> = {}, key = owner): Uint8Array {
  const digest = Uint8Array.from(createHash('sha256').update(image).digest());
  return signManifest(provider, key, { version, board: 'linux', size: image.length, digest, ...change });
}

function newStore(): string {
  stores += 1;
  const store = join(folder, `store-${stores}`);
  provisionOwner(store, owner.publicKey);
  return store;
}

function take(store: string, image: Uint8Array, manifest: Uint8Array, env: Record<string, string> = {}) {
  return runUpdate({ bundle, store, image, manifest, env });
}

const first = newStore();

/** A store in which the first image starts: made once, and copied. */
async function storeWithFirst(): Promise<string> {
  if (installedImage(first) === undefined) assert.is(await take(first, FIRST, signed(FIRST, 1)), undefined);
  const store = newStore();
  cpSync(first, store, { recursive: true });
  return store;
}

function version(store: string): number | undefined {
  const installed = installedImage(store);
  if (installed === undefined) return undefined;
  assert.equal(Uint8Array.from(installed.image), installed.version === 1 ? FIRST : SECOND);
  return installed.version;
}

test('an image that was taken runs, and the next one in its place', async () => {
  const store = await storeWithFirst();
  assert.is(await take(store, SECOND, signed(SECOND, 2)), undefined);
  const { version: started, image } = installedImage(store)!;
  assert.is(started, 2);
  const path = join(folder, 'started.js');
  writeFileSync(path, image);
  assert.is((await finish(spawnXs(path))).output, 'this is the second\n');
});

const stranger = provider.generateKey(Curve.P256);
const REFUSED: readonly [what: string, image: Uint8Array, manifest: Uint8Array, reason: RegExp][] = [
  ['of another key', SECOND, signed(SECOND, 2, {}, stranger), /^signatureInvalid/],
  ['of a version that is there: a replay', FIRST, signed(FIRST, 1), /^updateBehind/],
  ['for another board', SECOND, signed(SECOND, 2, { board: 'qemu-rv32' }), /^updateForeign/],
  ['longer than there is room for', SECOND, signed(SECOND, 2, { size: 4_194_305 }), /^updateTooLong/],
  ['cut short', SECOND.subarray(0, BLOCK_BYTES), signed(SECOND, 2), /^updateDamaged/],
  ['with more than was signed', Buffer.concat([SECOND, FIRST]), signed(SECOND, 2), /^updateDamaged/],
  ['with another byte', program('the secong', SECOND.length), signed(SECOND, 2), /^updateDamaged/],
  ['whose manifest is cut short', SECOND, signed(SECOND, 2).subarray(0, 60), /^truncated/],
];

test('what is not to be taken is refused by name, and the former image starts', async () => {
  const store = await storeWithFirst();
  for (const [what, image, manifest, reason] of REFUSED) {
    assert.match((await take(store, image, manifest)) ?? 'taken', reason, what);
    assert.is(version(store), 1, what);
  }
  assert.is(await take(store, SECOND, signed(SECOND, 2)), undefined);
  assert.match((await take(store, FIRST, signed(FIRST, 1))) ?? 'taken', /^updateBehind/);
  assert.is(version(store), 2);
});

test('a device that is killed at any change of its store starts the old image or the new one, and takes it then', async () => {
  const library = buildKiller();
  const seen = new Set<number>();
  for (let at = 0; ; at += 1) {
    const store = await storeWithFirst();
    const kill = { LD_PRELOAD: library, PNE_KILL_AT: String(at) };
    const isDone = await take(store, SECOND, signed(SECOND, 2), kill).then(
      (refused) => refused === undefined,
      () => false,
    );
    const found = version(store)!;
    seen.add(found);
    if (isDone) break;
    if (found === 1) assert.is(await take(store, SECOND, signed(SECOND, 2)), undefined, `call ${at}`);
    assert.is(version(store), 2, `call ${at}`);
  }
  assert.equal([...seen].sort(), [1, 2]);
});

function buildKiller(): string {
  mkdirSync(join(OUTPUT, 'linux'), { recursive: true });
  const library = join(OUTPUT, 'linux', 'kill-at-update.so');
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  execFileSync('cc', [...flags, join(ROOT, 'boards/linux/test/kill-at.c'), '-o', library, '-ldl']);
  return library;
}

test('the command makes a key, signs, has the image taken, and shows it', () => {
  const key = join(folder, 'key');
  const image = join(folder, 'image.js');
  const store = join(folder, 'by-command');
  writeFileSync(image, FIRST);
  assert.match(command('key', key).stdout, /keep it from everybody/);
  assert.is(command('key', key).status, 2);
  assert.match(
    command('sign', image, '--key', key, '--board', 'linux', '--version', '7').stdout,
    /version 7 for linux/,
  );
  assert.is(command('apply', image, '--store', store).status, 2);
  const taken = command('apply', image, '--store', store, '--public', `${key}.public`);
  assert.is(taken.stdout, 'version 7 starts from now on\n', taken.stderr);
  const again = command('apply', image, '--store', store);
  assert.is(again.status, 1);
  assert.match(again.stderr, /refused updateBehind \(141\): version 7 starts as before/);
  const shown = join(folder, 'shown.js');
  assert.match(command('show', '--store', store, '--output', shown).stdout, /^version 7, 4,396 bytes/);
  assert.equal(readFileSync(shown), Buffer.from(FIRST));
  assert.equal(JSON.parse(command('show', '--store', store, '--json').stdout), {
    version: 7,
    size: FIRST.length,
  });
  const other = command('apply', image, '--store', store, '--public', image);
  assert.match(other.stderr, /takes images of another key/);
  assert.is(other.status, 2);
});

function command(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = ['--import', 'tsx', join(ROOT, 'tools/update/main.ts')];
  const { status, stdout, stderr } = spawnSync('node', [...program, ...args], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  return { status, stdout, stderr };
}

test.after(() => rmSync(folder, { recursive: true }));

test.run();
