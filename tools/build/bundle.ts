// SPDX-License-Identifier: Apache-2.0

/** Bundles TypeScript into one ES module for XS on the boards whose host program is ours. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin, type StdinOptions } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that is made goes here. */
export const OUTPUT = join(ROOT, 'build');

/** A path as make takes it in a folder of the checkout: relative, as a blank would end it, unless it is outside. */
export function makePath(folder: string, path: string): string {
  return path.startsWith(ROOT) ? relative(join(ROOT, folder), path) : path;
}

/** The modules that the Moddable SDK supplies on other boards. */
const BOARD_MODULES = Object.freeze({
  'embedded:io/bluetoothle/peripheral': join(ROOT, 'boards/linux/modules/peripheral.ts'),
  'embedded:io/serial': join(ROOT, 'boards/qemu-rv32/modules/serial.ts'),
  'embedded:io/socket/tcp': join(ROOT, 'boards/linux/modules/tcp.ts'),
  'embedded:storage/key-value': join(ROOT, 'boards/linux/modules/key-value.ts'),
  'mc/config': join(ROOT, 'boards/qemu-rv32/modules/config.ts'),
  timer: join(ROOT, 'boards/linux/modules/timer.ts'),
});

/** Like esbuild's. */
export type BundleOptions = Pick<BuildOptions, 'alias' | 'define' | 'drop' | 'plugins'>;

/**
 * Bundles an entry point, or source given as text, for XS, at the language level of its oldest version
 * here, with these modules in place of the board's. Returns the path.
 */
export async function bundleForXs(
  entry: string | StdinOptions,
  name: string,
  { alias, ...options }: BundleOptions = {},
): Promise<string> {
  const outfile = join(OUTPUT, 'bundles', `${name}.js`);
  const { metafile, outputFiles } = await build({
    ...(typeof entry === 'string' ? { entryPoints: [entry] } : { stdin: entry }),
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2021',
    alias: { ...BOARD_MODULES, ...alias },
    ...options,
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  await replaceFile(outfile, outputFiles[0]!.contents);
  await replaceFile(metafileOf(outfile), JSON.stringify(metafile));
  return outfile;
}

/**
 * Another process may be reading the former, or making the same. One that is there already is left alone: a checkout
 * that is set up need not be writable.
 */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const former = await readFile(path).catch(() => undefined);
  if (former?.equals(Buffer.from(contents as string))) return;
  const temporary = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

/** What a bundle was made of, as esbuild says it. */
export function metafileOf(bundle: string): string {
  return `${bundle}.meta.json`;
}

/** Bundles a test file for XS, behind the globals that its runner expects. Returns the path. */
export function bundleTestForXs(
  testFile: string,
  define: Readonly<Record<string, string>> = {},
  plugins: Plugin[] = [],
): Promise<string> {
  const globals = join(ROOT, 'firmware/platform/globals.ts');
  const contents = `import '${globals}';\nimport '${testFile}';`;
  return bundleForXs({ contents, resolveDir: ROOT }, testFile, { define, plugins });
}
