// SPDX-License-Identifier: Apache-2.0
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../build/bundle.ts';
import { type Contents, checkContents } from './contents.ts';
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
  ['firmware/platform/console.ts', /log text/],
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
  const native = { name: 'pne', board: 'a board', provider: 'native', link: 'stream' } as const;
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

test('an image that shows passkeys may print lines, and no more', () => {
  assert.equal(
    check(
      { modules: ['firmware/platform/console.ts'], source: '// firmware/platform/console.ts\ntrace("x")' },
      { link: 'ble' },
    ),
    [],
  );
  assert.match(check({ source: 'console.log(1)' }, { link: 'ble' })[0]!, /log text/);
});

test.run();
