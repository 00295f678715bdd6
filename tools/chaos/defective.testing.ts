// SPDX-License-Identifier: Apache-2.0

/** Test code: the simulation, built around sources that have been changed. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import * as assert from 'uvu/assert';
import type { Change, Defect } from './defects.testing.ts';
import type { runInNode } from './run-in-node.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** cbor-x asks for Node's modules as CommonJS does. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The simulation around roles with a defect. */
export async function loadDefective(defect: Defect): Promise<typeof runInNode> {
  const { runInNode: runDefective } = await loadWith<{ runInNode: typeof runInNode }>(
    'tools/chaos/run-in-node.ts',
    defect.changes,
  );
  return runDefective;
}

/** A module of this repository, around sources that have been changed. */
export async function loadWith<Module>(entry: string, changes: readonly Change[]): Promise<Module> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-chaos-'));
  try {
    const outfile = join(folder, 'run.mjs');
    await build({
      entryPoints: [join(ROOT, entry)],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
      banner: { js: REQUIRE },
      plugins: [withChanges(changes)],
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Replaces text of the sources, each of which has to be there once. */
function withChanges(changes: readonly Change[]): Plugin {
  return {
    name: 'defect',
    setup(builder) {
      for (const { file } of changes) {
        const path = join(ROOT, file);
        builder.onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, () => {
          let contents = readFileSync(path, 'utf8');
          for (const { from, to } of changes.filter((change) => change.file === file)) {
            assert.is(contents.split(from).length, 2, `${file} has not once: ${from}`);
            contents = contents.replace(from, () => to);
          }
          return { contents, loader: 'ts' };
        });
      }
    },
  };
}
