// SPDX-License-Identifier: Apache-2.0

/** The firmware as an image of the Moddable SDK, `mcconfig -m -p lin`, and a way to run it without a display. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { metafileOf } from './bundle.ts';
import { deviceProgram, functionsInC } from './device.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the manifests look for the bundles, and where mcconfig builds. */
const OUTPUT = join(ROOT, 'build/moddable');

/** The programs that mcconfig makes images of, by the names of their manifests. */
const PROGRAMS = Object.freeze({
  pne: 'firmware/programs/image.ts',
  'pne-ble': 'firmware/programs/image-ble.ts',
  'pne-serial': 'firmware/programs/image-serial.ts',
  'pne-selftest': 'firmware/programs/image-selftest.ts',
});

export type ModdableProgram = keyof typeof PROGRAMS;

export const MODDABLE_PROGRAMS = Object.keys(PROGRAMS) as ModdableProgram[];

/** What mcconfig compiles as the program's main module. */
export function moddableBundle(program: ModdableProgram): string {
  return join(OUTPUT, `${program}.js`);
}

const run = promisify(execFile);

export interface ModdableImage {
  /** Starts the image with these variables added to its environment. */
  spawn(environment: Readonly<Record<string, string>>): ChildProcess;
}

/**
 * Builds the image of manifests/pne with the SDK at `sdk`, whose tools its owner has built. Rejects with one
 * line that names what is missing.
 */
export async function buildModdableImage(sdk: string): Promise<ModdableImage> {
  const tools = join(sdk, 'build/bin/lin/release');
  await requireTools(tools);
  await bundle();
  await runTool(join(tools, 'mcconfig'), mcconfigArguments(), {
    MODDABLE: sdk,
    PATH: `${tools}${delimiter}${process.env.PATH}`,
  });
  const runner = await compileRunner(sdk);
  const image = join(OUTPUT, 'bin/lin/mc/release/pne/mc.so');
  return {
    spawn: (environment) =>
      spawn(runner, [image], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
  };
}

async function requireTools(tools: string): Promise<void> {
  for (const tool of ['mcconfig', 'mcrez', 'xsc', 'xsid', 'xsl']) {
    await access(join(tools, tool)).catch(() => {
      throw new Error(`MODDABLE: no ${tool} in ${tools}; build the SDK's tools (build/makefiles/lin)`);
    });
  }
  await run('pkg-config', ['--exists', 'gio-2.0']).catch(() => {
    throw new Error('MODDABLE: the lin platform needs GLib: apt-get install pkg-config libglib2.0-dev');
  });
}

async function bundle(): Promise<void> {
  await mkdir(OUTPUT, { recursive: true });
  const { metafile } = await build({
    entryPoints: { ...PROGRAMS, 'key-value': 'boards/linux/modules/key-value.ts' },
    absWorkingDir: ROOT,
    outdir: OUTPUT,
    bundle: true,
    format: 'esm',
    target: 'es2021',
    external: ['timer', 'embedded:*', 'mc/config'],
    drop: ['console'],
    plugins: [functionsInC(), deviceProgram('pne')],
    metafile: true,
    logLevel: 'warning',
  });
  const text = JSON.stringify(metafile);
  await Promise.all(MODDABLE_PROGRAMS.map((program) => writeFile(metafileOf(moddableBundle(program)), text)));
}

function mcconfigArguments(): string[] {
  return ['-m', '-p', 'lin', '-o', OUTPUT, join(ROOT, 'manifests/pne/manifest.json')];
}

/** The SDK's screen.h says what an image expects of its host. */
async function compileRunner(sdk: string): Promise<string> {
  const runner = join(OUTPUT, 'runner');
  const glib = (await run('pkg-config', ['--cflags', '--libs', 'glib-2.0'])).stdout.trim().split(/\s+/);
  await runTool('cc', [
    '-O1',
    '-Wall',
    '-DmxLinux=1',
    `-I${join(sdk, 'build/simulators/modules')}`,
    join(ROOT, 'boards/moddable-lin/runner.c'),
    ...glib,
    '-ldl',
    '-o',
    runner,
  ]);
  return runner;
}

async function runTool(
  tool: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<void> {
  const options = { env: { ...process.env, ...environment }, maxBuffer: 16 * 1024 * 1024 };
  await run(tool, args, options).catch((error: { stdout: string; stderr: string; message: string }) => {
    const cause = `${error.stderr}\n${error.stdout}`.split('\n').find((line) => /error/i.test(line));
    throw new Error(`MODDABLE: ${tool} failed: ${cause?.trim() ?? error.message}`);
  });
}
