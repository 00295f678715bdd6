// SPDX-License-Identifier: Apache-2.0

/** The programs that mcconfig makes images of, bundled where their manifests look for them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { metafileOf, OUTPUT, ROOT } from './bundle.ts';
import { deviceProgram, functionsInC } from './device.ts';
import { versionDefinition } from './version.ts';

/** Where the manifests look for the bundles, and where mcconfig builds. */
export const MODDABLE_OUTPUT = join(OUTPUT, 'moddable');

/** By the names of their manifests. */
const PROGRAMS = Object.freeze({
  pne: 'firmware/programs/image-stream.ts',
  'pne-ble': 'firmware/programs/image-ble.ts',
  'pne-serial': 'firmware/programs/image-serial.ts',
  'pne-selftest': 'firmware/programs/image-selftest.ts',
  'pne-bench': 'firmware/bench/image.ts',
});

export type ModdableProgram = keyof typeof PROGRAMS;

export const MODDABLE_PROGRAMS = Object.keys(PROGRAMS) as ModdableProgram[];

/** What mcconfig compiles as the program's main module. */
export function moddableBundle(program: ModdableProgram): string {
  return join(MODDABLE_OUTPUT, `${program}.js`);
}

/** Relative to the checkout: mcconfig puts the path of an external board in lower case. */
export function manifestOf(program: ModdableProgram): string {
  return `manifests/${program}/manifest.json`;
}

/** Modules of the SDK's that the images have of ours. */
const MODULES = Object.freeze({
  'key-value': 'boards/linux/modules/key-value.ts',
  serial: 'boards/qemu-rv32/modules/serial.ts',
});

/** Bundles them all, and what manifests name beside them. */
export async function bundlePrograms(): Promise<void> {
  await mkdir(MODDABLE_OUTPUT, { recursive: true });
  const { metafile } = await build({
    entryPoints: { ...PROGRAMS, ...MODULES },
    absWorkingDir: ROOT,
    outdir: MODDABLE_OUTPUT,
    bundle: true,
    format: 'esm',
    target: 'es2021',
    external: ['timer', 'embedded:*', 'mc/config'],
    // Of pne-bench: all of its operations.
    define: { ...versionDefinition(), BENCH_OPS: '""' },
    drop: ['console'],
    inject: ['boards/esp32/modules/print.ts'],
    plugins: [functionsInC(), deviceProgram('pne')],
    metafile: true,
    logLevel: 'warning',
  });
  const text = JSON.stringify(metafile);
  await Promise.all(MODDABLE_PROGRAMS.map((program) => writeFile(metafileOf(moddableBundle(program)), text)));
}
