// SPDX-License-Identifier: Apache-2.0

import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeProvider } from './crypto/provider.ts';
import { openIdentity } from './identity.ts';
import { scratchFolder } from './scratch.testing.ts';
import { writeOnce } from './secret-file.ts';

const test = suite('identity');
const provider = createNodeProvider();
const open = (path: string) => openIdentity(provider, path, 'server');

test('it is made once, for its owner alone, and the same from then on', () => {
  const folder = scratchFolder();
  const path = join(folder, 'identity');
  const first = open(path);
  const bytes = readFileSync(path);
  const second = openIdentity(provider, path, 'another name');
  assert.equal(second.credential, first.credential);
  assert.equal(second.privateKey.publicKey, first.privateKey.publicKey);
  assert.is(second.credential.subject, 'server');
  assert.equal(readFileSync(path), bytes);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.equal(readdirSync(folder), ['identity']);
});

test('two are two', () => {
  const folder = scratchFolder();
  const [a, b] = [open(join(folder, 'a')), open(join(folder, 'b'))];
  assert.not.equal(a.credential.cred, b.credential.cred);
  assert.not.equal(a.credential.idCred, b.credential.idCred);
});

test('a damaged file is refused, and stays', () => {
  const path = join(scratchFolder(), 'identity');
  open(path);
  const good = Uint8Array.from(readFileSync(path));
  for (const bytes of [good.slice(0, -1), new Uint8Array(0), Uint8Array.of(...good, 0), flipped(good, 10)]) {
    writeFileSync(path, bytes);
    assert.throws(() => open(path), /holds no identity.*restore it/);
    assert.equal(Uint8Array.from(readFileSync(path)), bytes);
  }
});

test('a file that others may read is refused', () => {
  const path = join(scratchFolder(), 'identity');
  open(path);
  chmodSync(path, 0o640);
  assert.throws(() => open(path), /chmod 600/);
});

test('a file that is there is not written again', () => {
  const folder = scratchFolder();
  const path = join(folder, 'file');
  writeOnce(path, Uint8Array.of(1), 0o600);
  assert.throws(() => writeOnce(path, Uint8Array.of(2), 0o600), /EEXIST/);
  assert.equal([...readFileSync(path)], [1]);
  assert.equal(readdirSync(folder), ['file']);
});

/** Of the private key: it no longer fits the credential. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= 1;
  return changed;
}

test.run();
