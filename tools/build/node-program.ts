// SPDX-License-Identifier: Apache-2.0

/** Programs for Node in one file each, so that a process of theirs starts fast. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { OUTPUT, ROOT, replaceFile } from './bundle.ts';

/** cbor-x and ws ask for Node's modules as CommonJS does. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** Returns the path of the bundle of `entry`, a path in the checkout. lmdb has native code beside it, and stays outside. */
export async function bundleNodeProgram(entry: string, name: string): Promise<string> {
  const outfile = join(OUTPUT, 'bundles', `${name}.mjs`);
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['lmdb', 'pg-native'],
    outfile,
    write: false,
    logLevel: 'silent',
    banner: { js: REQUIRE },
  });
  await replaceFile(outfile, outputFiles[0]!.contents);
  return outfile;
}
