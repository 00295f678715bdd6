// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../build/bundle.ts';
import { type Contents, checkContents, sourceOf } from './contents.ts';
import type { Image } from './images.ts';

const test = suite('what an image must not contain');

const CLEAN: Contents = {
  modules: [
    'src/crypto/native/provider.ts',
    'firmware/programs/pne.ts',
    'node_modules/cbor-x/dist/index-no-eval.cjs',
  ],
  flash: 'XS\0uvular consoles, the home/ and the tmp/ of a PNE\0',
  source: 'retrace(); consoles.open(); const trace = 1;',
};

const MODULES: readonly [path: string, what: RegExp][] = [
  ['node_modules/@noble/hashes/sha2.js', /noble in a native image/],
  ['src/crypto/noble/provider.ts', /noble in a native image/],
  ['src/bytes/hex.test.ts', /test code/],
  ['src/crypto/suite.testing.ts', /test code/],
  ['src/session/test-fixture.ts', /test code/],
  ['node_modules/uvu/dist/index.mjs', /test code/],
  ['src/crypto/fake-provider.ts', /a fake provider/],
  ['src/handshake/counting-provider.ts', /a fake provider/],
  ['faulty:../providers/device-provider.ts', /a fake provider/],
  ['src/node/external-entity.ts', /code of another entity/],
  ['src/roles/entity-feed.ts', /code of another entity/],
];

const FLASH: readonly [text: string, what: RegExp][] = [
  ['\0uvu\0', /test code: 'uvu'/],
  ['console.error', /log text/],
  [`${ROOT}src/bytes/hex.ts`, /a path of the machine/],
  ['/home/someone/project/a.c', /a path of the machine/],
];

const SOURCE = ['globalThis.console.log(1)', 'trace("x")'];

function check(planted: Partial<Contents>, image: Partial<Image> = {}): string[] {
  const native = { name: 'pne', board: 'a board', provider: 'native' } as const;
  return checkContents({ ...native, ...image }, { ...CLEAN, ...planted });
}

test('a clean image has no problem', () => {
  assert.equal(check({}), []);
});

for (const [path, what] of MODULES) {
  test(`refuses ${path}`, () => {
    const [line, ...more] = check({ modules: [...CLEAN.modules, path] });
    assert.match(line!, what);
    assert.ok(line!.includes(path));
    assert.equal(more, []);
  });
}

for (const [text, what] of FLASH) {
  test(`refuses the bytes of ${text.replaceAll('\0', '').replace(ROOT, '')}`, () => {
    assert.match(check({ flash: CLEAN.flash + text })[0]!, what);
  });
}

for (const source of SOURCE) {
  test(`refuses ${source}`, () => {
    assert.match(check({ source })[0]!, /log text/);
  });
}

test('an image that is to compute with noble may contain it', () => {
  assert.equal(check({ modules: ['node_modules/@noble/hashes/sha2.js'] }, { provider: 'noble' }), []);
});

test('what an image says by its console is no log text, and what it says past it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pne-contents-'));
  const bundle = join(folder, 'bundle.js');
  const says = '// firmware/platform/console.ts\ntrace("x");\n// firmware/programs/pne.ts\nprintLine("x");\n';
  writeFileSync(bundle, says);
  assert.equal(check({ source: sourceOf(bundle) }), []);
  writeFileSync(bundle, `${says}trace("x");`);
  assert.match(check({ source: sourceOf(bundle) })[0]!, /log text/);
  rmSync(folder, { recursive: true });
});

test.run();
