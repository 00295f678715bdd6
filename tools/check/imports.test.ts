// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkFile, checkImports } from './imports.ts';

const test = suite('check/imports');

for (const [file, source] of [
  ['src/cbor/reader.ts', "import { createSession } from '../session/session.ts';"],
  ['src/cbor/reader.ts', "import type { Session } from '../session/session.ts';"],
  ['src/session/session.ts', "import { createHash } from 'node:crypto';"],
  ['src/session/session.ts', "import Timer from 'timer';"],
  ['src/session/session.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
  ['src/crypto/handles.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
  ['src/roles/pne.ts', "import { encode } from 'cbor-x';"],
  ['src/roles/pne.ts', "import { listenTcp } from '../node/tcp.ts';"],
  ['src/roles/pne.ts', "import { createTestNetwork } from './network.testing.ts';"],
  ['src/roles/pne.ts', "export * from '../../firmware/programs/pne.ts';"],
  ['src/roles/pne.ts', "import {\n  a,\n  b,\n} from '../../tools/build/xs.ts';"],
  ['firmware/programs/pne.ts', "import TCP from 'embedded:io/socket/tcp';"],
  ['firmware/programs/pne.ts', "const f = native('xs_f');"],
  ['firmware/links/connect.ts', "import { createPne } from '../programs/pne.ts';"],
  ['firmware/links/ble-link.test.ts', "import type { End } from '../../tools/interop/end.ts';"],
  ['firmware/x.ts', ''],
  ['src/utils/x.ts', ''],
] as const) {
  test(`${file} may not: ${source.replace(/\s+/g, ' ')}`, () => {
    assert.is(checkFile(file, source).length, 1);
  });
}

for (const [file, source] of [
  ['src/cbor/reader.ts', "import { refuse } from '../refusal.ts';"],
  ['src/handshake/initiator.ts', "import type { SecurityContext } from '../session/session.ts';"],
  ['src/crypto/noble/provider.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
  ['firmware/platform/socket.ts', "import TCP from 'embedded:io/socket/tcp';"],
  ['src/roles/pne.ts', "// import x from 'node:fs';\n/* import y from 'ws'; */"],
] as const) {
  test(`${file} may: ${source.replace(/\s+/g, ' ')}`, () => {
    assert.equal(checkFile(file, source), []);
  });
}

test('this checkout has no import that points the wrong way', async () => {
  assert.equal(await checkImports(), []);
});

test.run();
