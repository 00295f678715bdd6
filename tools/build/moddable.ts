// SPDX-License-Identifier: Apache-2.0

/** The firmware as an image of the Moddable SDK, `mcconfig -m -p lin`, and a way to run it without a display. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './bundle.ts';
import { bundlePrograms, MODDABLE_OUTPUT, manifestOf } from './moddable-programs.ts';
import { mcconfig, requireSdkTools, runTool } from './sdk.ts';

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
  await requireSdkTools(sdk);
  await requireGlib();
  await bundlePrograms();
  await mcconfig(sdk, ['-m', '-p', 'lin', '-o', MODDABLE_OUTPUT, manifestOf('pne')]);
  const runner = await compileRunner(sdk);
  const image = join(MODDABLE_OUTPUT, 'bin/lin/mc/release/pne/mc.so');
  return {
    spawn: (environment) =>
      spawn(runner, [image], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
  };
}

async function requireGlib(): Promise<void> {
  await run('pkg-config', ['--exists', 'gio-2.0']).catch(() => {
    throw new Error('MODDABLE: the lin platform needs GLib: apt-get install pkg-config libglib2.0-dev');
  });
}

/** The SDK's screen.h says what an image expects of its host. */
async function compileRunner(sdk: string): Promise<string> {
  const runner = join(MODDABLE_OUTPUT, 'runner');
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
