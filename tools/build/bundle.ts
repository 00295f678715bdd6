// SPDX-License-Identifier: Apache-2.0

/** Bundles TypeScript into one ES module, for XS on the Linux board or for Node. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that is made goes here. */
export const OUTPUT = join(ROOT, 'build');

/** The modules that the Moddable SDK supplies on other boards. */
const LINUX_MODULES = Object.freeze({
  'embedded:io/socket/tcp': join(ROOT, 'boards/linux/modules/tcp.ts'),
  'embedded:storage/key-value': join(ROOT, 'boards/linux/modules/key-value.ts'),
  timer: join(ROOT, 'boards/linux/modules/timer.ts'),
});

/** Bundles an entry point for XS, at the language level of its oldest version here. Returns the path. */
export async function bundleForXs(
  entryPoint: string,
  name: string,
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  const outfile = join(OUTPUT, 'bundles', `${name}.xs.js`);
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2021',
    alias: LINUX_MODULES,
    define,
    logLevel: 'warning',
  });
  return outfile;
}

/** Bundles an entry point for Node; packages stay outside. Returns the path. */
export async function bundleForNode(entryPoint: string, name: string): Promise<string> {
  const outfile = join(OUTPUT, 'bundles', `${name}.node.mjs`);
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

/** The device program for the Linux board. */
export function bundleFirmware(): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/main.ts'), 'pne');
}
