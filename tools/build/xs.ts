// SPDX-License-Identifier: Apache-2.0

/** The XS engine on this machine: its host program, built by tools/setup. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import board from '../../boards/linux/board.json';
import { OUTPUT } from './bundle.ts';

export interface Engine {
  readonly name: string;
  readonly version: string;
}

/** What XS may reserve: chunks and the limit in bytes, the heap in slots. */
export type Memory = Readonly<Omit<typeof board.creation, 'stack'>>;

export interface SpawnXsOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Keeps it from the signals of the terminal: whoever starts it ends it. */
  readonly detached?: boolean;
  /** The board's own unless given. A test bundle needs more than a PNE. */
  readonly memory?: Memory;
  /** Slots of the stack: a device's, except where more than a device is in the machine. */
  readonly stack?: number;
  /** The host program, where it is not the one that tools/setup built. */
  readonly host?: string;
}

/** What tools/setup left behind: which engine it built, and where the host program is. */
interface BuiltHost {
  readonly engine: Engine;
  /** The folder of the engine's sources. */
  readonly sources: string;
  readonly host: string;
  /** Whether it has the native crypto provider. */
  readonly native: boolean;
}

export function engine(): Engine {
  return builtHost().engine;
}

export function engineSources(): string {
  return builtHost().sources;
}

/** Whether the host was built with native cryptography. */
export function hasNativeCrypto(): boolean {
  return builtHost().native;
}

/** Runs a bundle on XS with the board's stack and heap. Output comes through pipes. */
export function spawnXs(bundle: string, options: SpawnXsOptions = {}): ChildProcess {
  const { env = {}, detached = false } = options;
  const [program, ...args] = xsCommand(bundle, options);
  return spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
}

/** The command that does. */
export function xsCommand(
  bundle: string,
  options: Omit<SpawnXsOptions, 'env' | 'detached'> = {},
): [program: string, ...args: string[]] {
  const { memory = board.creation, host = builtHost().host, stack = board.creation.stack } = options;
  const { chunk, heap, limit } = memory;
  const sizes = {
    '--stack': stack,
    '--chunk-initial': chunk.initial,
    '--chunk-incremental': chunk.incremental,
    '--heap-initial': heap.initial,
    '--heap-incremental': heap.incremental,
    '--limit': limit,
  };
  const args = Object.entries(sizes).flatMap(([option, size]) => [option, String(size)]);
  return [host, ...args, bundle];
}

function builtHost(): BuiltHost {
  return JSON.parse(readFileSync(join(OUTPUT, 'host.json'), 'utf8')) as BuiltHost;
}
