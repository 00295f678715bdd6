// SPDX-License-Identifier: Apache-2.0

/** Test code: empty folders, which go with the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './failing.testing.ts';

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pne-node-test-'));
  folders.push(folder);
  return folder;
}
