// SPDX-License-Identifier: Apache-2.0

/** What a running image on the qemu-rv32 board has taken of its memory, read from outside. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { RAM_START } from '../build/rv32.ts';

const run = promisify(execFile);
const WORD = 4;

/** Bytes. */
export interface MachineMemory {
  /** Allocated now, garbage included, and at most since the start. */
  readonly slots: number;
  readonly slotsPeak: number;
  readonly chunks: number;
  readonly chunksPeak: number;
  /** The deepest since the bundle was loaded. */
  readonly jsStackPeak: number;
  readonly cStackPeak: number;
  /** What malloc has taken; it gives nothing back. */
  readonly cHeap: number;
}

/** boards/qemu-rv32/machine-map.c. */
interface MachineMap {
  readonly slotBytes: number;
  readonly heapCount: number;
  readonly heapPeak: number;
  readonly chunks: number;
  readonly chunksPeak: number;
  readonly stackBottom: number;
  readonly stackTop: number;
}

/** `memory` is the file that the machine runs in (Rv32Wires). */
export async function readMachine(image: string, memory: string): Promise<MachineMemory> {
  const symbols = await readSymbols(image);
  const bytes = readFileSync(memory);
  const ram = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (address: number) => ram.getUint32(address - RAM_START, true);
  const at = (name: string) => symbols.get(name) ?? missing(name);
  const map = readMachineMap(word, at('gMachineMap'));
  const machine = word(at('gMachine'));
  const field = (name: Exclude<keyof MachineMap, 'slotBytes'>) => word(machine + map[name]);
  const deepest = (bottom: number, top: number) => top - firstUsed(word, bottom, top);
  return {
    slots: field('heapCount') * map.slotBytes,
    slotsPeak: field('heapPeak') * map.slotBytes,
    chunks: field('chunks'),
    chunksPeak: field('chunksPeak'),
    jsStackPeak: deepest(field('stackBottom'), field('stackTop')),
    cStackPeak: deepest(at('__heap_end'), at('__stack')),
    cHeap: word(at('__malloc_sbrk_top')) - word(at('__malloc_sbrk_start')),
  };
}

async function readSymbols(image: string): Promise<Map<string, number>> {
  const { stdout } = await run('riscv64-unknown-elf-nm', [image], { maxBuffer: 4 * 1024 ** 2 });
  const lines = stdout.matchAll(/^([0-9a-f]{8}) \w (\S+)$/gm);
  return new Map([...lines].map(([, address, name]) => [name!, Number.parseInt(address!, 16)]));
}

function missing(name: string): never {
  throw new Error(`the image has no ${name}; build it again`);
}

function readMachineMap(word: (address: number) => number, start: number): MachineMap {
  const [slotBytes, heapCount, heapPeak, chunks, chunksPeak, stackBottom, stackTop] = Array.from(
    { length: 7 },
    (_, i) => word(start + WORD * i),
  ) as [number, number, number, number, number, number, number];
  return { slotBytes, heapCount, heapPeak, chunks, chunksPeak, stackBottom, stackTop };
}

/** Memory starts as zeros: what a stack that grows down has not reached is the longest run of them. */
function firstUsed(word: (address: number) => number, bottom: number, top: number): number {
  let longest = 0;
  let used = bottom;
  let start = bottom;
  for (let address = bottom; address < top; address += WORD) {
    if (word(address) === 0) continue;
    if (address - start > longest) {
      longest = address - start;
      used = address;
    }
    start = address + WORD;
  }
  return used;
}
