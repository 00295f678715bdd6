// SPDX-License-Identifier: Apache-2.0

/** Bundles TypeScript into one ES module for XS on the boards whose host program is ours. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin, type StdinOptions } from 'esbuild';
import { deviceProgram, functionsInC } from './device.ts';

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

/** The program of a device. It writes no log: a library's is left out. */
const RELEASE: BundleOptions = { drop: ['console'], plugins: [deviceProgram('pne')] };

/** The same for a board that has native cryptography whatever the machine that it is built on. */
const NATIVE_RELEASE: BundleOptions = { ...RELEASE, plugins: [functionsInC(), deviceProgram('pne')] };

/** The device program for the Linux board. */
export function bundleFirmware(): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/programs/main.ts'), 'pne', RELEASE);
}

/** The device program for the Linux board with Bluetooth LE, which shows passkeys or shows nothing. */
export function bundleBleFirmware(ioCapabilities: 'none' | 'display' = 'display'): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/programs/main-ble.ts'), `pne-ble-${ioCapabilities}`, {
    ...RELEASE,
    alias: { 'mc/config': join(ROOT, 'boards/linux/modules/config.ts') },
    define: { BOARD_IO_CAPABILITIES: JSON.stringify(ioCapabilities) },
  });
}

/** The device program for a board with serial ports. */
export function bundleSerialFirmware(): Promise<string> {
  return bundleForXs(join(ROOT, 'firmware/programs/main-serial.ts'), 'pne-serial', NATIVE_RELEASE);
}

/** The device program for a board with serial ports, one of them to its Bluetooth LE stack. */
export function bundleBleSerialFirmware(): Promise<string> {
  const peripheral = join(ROOT, 'boards/qemu-rv32/modules/peripheral.ts');
  return bundleForXs(join(ROOT, 'firmware/programs/main-ble-serial.ts'), 'pne-ble-serial', {
    ...NATIVE_RELEASE,
    alias: { 'embedded:io/bluetoothle/peripheral': peripheral },
  });
}
