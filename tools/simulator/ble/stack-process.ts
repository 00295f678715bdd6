// SPDX-License-Identifier: Apache-2.0

/** Starts the Bluetooth LE stack of a simulated board (stack.ts): bundled, since Node then starts at once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { OUTPUT, replaceFile } from '../../build/bundle.ts';
import { endWithUs } from '../ending.ts';

export interface StackOptions {
  /** What `bundleStack` returned. */
  readonly program: string;
  /** Holds its bonds. */
  readonly folder: string;
  /** Socket of its controller. */
  readonly controller: string;
  readonly address: string;
  /** The largest that it agrees to. */
  readonly mtu: number;
  /** It has ended by a fault of its own, and its board with it; in one line. */
  onFailed?(problem: string): void;
}

export interface StackProcess {
  /** Where it waits for the board. */
  readonly port: number;
  /** What it refused, a line each. */
  readonly lines: NodeJS.ReadableStream;
  readonly process: ChildProcess;
}

/**
 * Of its heap, in megabytes. What lives in it is 5 MB and does not grow with what passes; left to itself V8 lets
 * garbage and memory for more of it pile up for hours before it sees a reason to collect.
 */
const HEAP = Object.freeze(['--max-old-space-size=32', '--max-semi-space-size=1']);

/** Characters of a stack's stderr that are kept. */
const MAX_WORDS = 4000;

/** Returns the path of the program. */
export function bundleStack(): Promise<string> {
  return bundleBleProgram(fileURLToPath(new URL('stack.ts', import.meta.url)), 'ble-stack');
}

/**
 * Bundles a program that uses ble-host. Returns the path. Tests that run side by side bundle the same one, so
 * it is put in its place whole.
 */
export async function bundleBleProgram(entry: string, name: string): Promise<string> {
  const outfile = join(OUTPUT, `bundles/${name}.cjs`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // It relies on not being strict.
    external: ['ble-host'],
    write: false,
    logLevel: 'warning',
  });
  await replaceFile(outfile, outputFiles[0]!.contents);
  return outfile;
}

/** Resolves once it waits for the board, and rejects where it does not come to that. It ends with its board. */
export async function startStack({
  program,
  folder,
  controller,
  address,
  mtu,
  onFailed = console.error,
}: StackOptions): Promise<StackProcess> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const child = spawn(process.execPath, [...HEAP, program, controller, address, String(mtu)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the simulator, which ends its boards in order.
    detached: true,
  });
  endWithUs(child);
  watch(child, onFailed);
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(Number(line)));
    child.once('exit', (status) => reject(new Error(`the stack of ${address} ended with status ${status}`)));
  });
  return { port, lines: child.stdout, process: child };
}

/** Of an exception Node writes the place first, and then what it is. */
function watch(child: ChildProcess, onFailed: (problem: string) => void): void {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < MAX_WORDS) words += text;
  });
  child.on('close', (status, signal) => {
    if (status === 0 || signal === 'SIGTERM') return;
    const lines = words.split('\n').filter((line) => line.trim() !== '');
    const reason = lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0];
    onFailed(`the Bluetooth LE stack ended: ${reason ?? signal ?? `status ${status}`}`);
  });
}
