// SPDX-License-Identifier: Apache-2.0

/** The server program in a process of its own, bundled so that it starts fast. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { OUTPUT, ROOT, replaceFile } from '../build/bundle.ts';
import { endWithUs } from '../simulator/ending.ts';

/** cbor-x and ws ask for Node's modules as CommonJS does. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Characters of its log that are kept. */
const MAX_SAID = 10_000;

/** Returns the path of the bundle. lmdb has native code beside it, and stays outside. */
export async function bundleServer(): Promise<string> {
  const outfile = join(OUTPUT, 'bundles', 'pne-runtime.mjs');
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'src/node/programs/main.ts')],
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

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Resolves with its exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the milliseconds from its start when it listens. */
  readonly listening: Promise<number>;
  /** The last that it said. */
  log(): string;
}

/** `shell`: what stands before its command, in the same process. */
export function startServer(bundle: string, args: readonly string[], shell = ''): ServerProcess {
  const started = Date.now();
  const child = spawn('sh', ['-c', `${shell} exec node "$@"`, 'sh', bundle, 'server', ...args], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  endWithUs(child);
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (status, signal) => resolve(status ?? signal!));
  });
  let said = '';
  const listening = new Promise<number>((resolve) => {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-MAX_SAID);
      if (text.includes(' listening ')) resolve(Date.now() - started);
    });
  });
  return { child, ended, listening, log: () => said };
}
