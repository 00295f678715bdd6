// SPDX-License-Identifier: Apache-2.0

/** `prepack`: makes `dist`, which is what the npm package has of this checkout: JavaScript, types, and files beside. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../../src/node/page/bundle.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What programs read beside their code. */
const FILES = Object.freeze(['node/programs/usage.txt', 'node/ble/hci-relay.c']);

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [join(ROOT, 'node_modules/.bin/tsc'), '-p', 'tsconfig.dist.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const file of FILES) copyFileSync(join(ROOT, 'src', file), join(ROOT, 'dist', file));
writeFileSync(join(ROOT, 'dist/node/page/page.json'), JSON.stringify(await buildPage()));
