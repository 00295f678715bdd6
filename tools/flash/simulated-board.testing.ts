// SPDX-License-Identifier: Apache-2.0

/** A simulated chip behind a pseudo-terminal, which has no wires for reset: its BOOT is pressed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { SimulatedChip, type SimulatedChipOptions } from './simulated-chip.testing.ts';

const SOURCE = fileURLToPath(new URL('../../src/node/ble/pty.testing.c', import.meta.url));

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export interface SimulatedBoard {
  /** Of its port. */
  readonly path: string;
  readonly chip: SimulatedChip;
  say(text: string): void;
  /** Its cable is pulled. */
  pull(): void;
}

export async function startBoard(options: Omit<SimulatedChipOptions, 'send'>): Promise<SimulatedBoard> {
  const program = join(scratchFolder(), 'pty');
  execFileSync('cc', ['-o', program, SOURCE]);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  child.stdin.on('error', () => {});
  const [line] = await once(child.stdout, 'data');
  const send = (bytes: Uint8Array) => void child.stdin.write(bytes);
  const chip = new SimulatedChip({ isInBootloader: true, ...options, send });
  child.stdout.on('data', (bytes: Buffer) => chip.receive(bytes));
  return {
    path: String(line).trim(),
    chip,
    say: (text) => send(Buffer.from(text)),
    pull: () => void child.kill('SIGKILL'),
  };
}
