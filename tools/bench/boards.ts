// SPDX-License-Identifier: Apache-2.0

/** Where the benchmark runs. */
import { spawnSync } from 'node:child_process';
import { ROOT } from '../build/bundle.ts';
import { ESP32_BOARD_NAMES } from '../build/esp32-tools.ts';
import { NodePort } from '../flash/node-port.ts';
import { linuxConditions } from './linux-conditions.ts';
import { measureOnPort } from './port.ts';
import type { BenchRow, OnProgress } from './rows.ts';
import { measureAll } from './runs.ts';
import { measureOnRv32, rv32Conditions } from './rv32.ts';

export interface BenchBoard {
  readonly name: string;
  /** Says itself what is missing. Returns an exit status. */
  setUp(): number;
  /** Measures the operations whose name contains `ops`. */
  measure(ops: string, onProgress: OnProgress): Promise<BenchRow[]>;
  /** What the figures depend on. */
  conditions(): object;
}

export const BOARDS: readonly BenchBoard[] = Object.freeze([
  { name: 'linux', setUp: () => 0, measure: measureAll, conditions: linuxConditions },
  { name: 'qemu-rv32', setUp: setUpRv32, measure: measureOnRv32, conditions: rv32Conditions },
]);

/** An operation takes seconds at most. */
const SILENCE_MS = 60_000;

/** A chip with the program pne-bench, at the end of a serial line. */
export function boardAtPort(name: string, path: string, instructionNs: number | undefined): BenchBoard {
  if (!(ESP32_BOARD_NAMES as readonly string[]).includes(name))
    throw new Error(`no board '${name}' has a port: there are ${ESP32_BOARD_NAMES.join(', ')}`);
  const options = { board: name, port: new NodePort(path), instructionNs, silenceMs: SILENCE_MS };
  return {
    name,
    setUp: () => 0,
    measure: (ops, onProgress) => measureOnPort(options, ops, onProgress),
    conditions: () => ({ program: 'pne-bench', instructionNs }),
  };
}

/** `all` is every board that needs no port. */
export function boardsNamed(name: string): readonly BenchBoard[] {
  const boards = name === 'all' ? BOARDS : BOARDS.filter((board) => board.name === name);
  if (boards.length > 0) return boards;
  throw new Error(`no board '${name}': there are all, ${BOARDS.map((board) => board.name).join(', ')}`);
}

function setUpRv32(): number {
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  return spawnSync('node', ['tools/setup/rv32.mjs'], { cwd: ROOT, stdio: [...stdio] }).status ?? 1;
}
