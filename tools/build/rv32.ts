// SPDX-License-Identifier: Apache-2.0

/** Images for the qemu-rv32 board, and the emulator that runs them. tools/setup/rv32.mjs comes first. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import board from '../../boards/qemu-rv32/board.json';
import { makePath, OUTPUT, ROOT } from './bundle.ts';
import type { Engine, Memory } from './xs.ts';

const run = promisify(execFile);

/** What tools/setup left behind. */
export interface Rv32Setup {
  readonly engine: Engine;
  /** Whether engine and linker are the Moddable SDK's. */
  readonly sdk: boolean;
  /** Arguments of make. */
  readonly make: readonly string[];
  /** mbedTLS's version. */
  readonly mbedTls: string;
  readonly compiler: string;
  readonly emulator: string;
  /** With which engine and board are compiled. */
  readonly flags: string;
}

const FOLDER = 'boards/qemu-rv32';

export function rv32Setup(): Rv32Setup {
  return JSON.parse(readFileSync(join(OUTPUT, 'rv32.json'), 'utf8')) as Rv32Setup;
}

/** What an image is made with besides its bundle. */
export interface Rv32Image extends Memory {
  /** Bytes of the heap of everything in C. The board's unless given. */
  readonly cHeap?: number;
  /** 1 where it starts from what its bundle has made (rv32-flash.ts). */
  readonly preloaded?: 0 | 1;
  /** Whether its bytecode is that of one that does, wherever it starts from. */
  readonly isCompiledAsPreloaded?: boolean;
  /** Whether the plain C programs of the benchmark are linked in. */
  readonly bench?: boolean;
}

/** An image that is not preloaded has the engine's built-ins in RAM: board.json says how many bytes they take. */
const RAM_MEMORY: Memory = Object.freeze({
  chunk: { initial: 16_384, incremental: 1024 },
  heap: { initial: 4096, incremental: 64 },
  limit: board.creation.limit + board.builtIns,
});

/**
 * Compiles a bundle and links it with the engine. Memory is the board's own unless given. Returns the image's
 * path.
 */
export async function buildRv32Image(bundle: string, made: Rv32Image = RAM_MEMORY): Promise<string> {
  const image = join(OUTPUT, 'qemu-rv32/images', `${bundle.slice(OUTPUT.length)}.elf`);
  mkdirSync(dirname(image), { recursive: true });
  const settings = [
    `BUNDLE=${makePath(FOLDER, bundle)}`,
    `IMAGE=${makePath(FOLDER, image)}`,
    `SIZES=${sizes(made)}`,
    `BENCH=${made.bench ? 1 : 0}`,
    `COMPILE=${made.preloaded || made.isCompiledAsPreloaded ? '--preloaded' : ''}`,
  ];
  await run('make', [...rv32Setup().make, 'image', ...settings], { cwd: ROOT }).catch(
    (error: { stderr: string }) => {
      throw new Error(`${bundle}: no image: ${firstError(error.stderr)}`);
    },
  );
  return image;
}

/** xsc and the linker may warn before. */
function firstError(text: string): string {
  const lines = text.split('\n');
  return lines.find((line) => /error|###|undefined reference/.test(line)) ?? lines[0]!;
}

function sizes({ chunk, heap, limit, cHeap = board.cHeap, preloaded = 0 }: Rv32Image): string {
  const values = {
    STACK: board.creation.stack,
    CHUNK_INITIAL: chunk.initial,
    CHUNK_INCREMENTAL: chunk.incremental,
    HEAP_INITIAL: heap.initial,
    HEAP_INCREMENTAL: heap.incremental,
    LIMIT: limit,
    C_HEAP: cHeap,
    PRELOADED: preloaded,
  };
  return Object.entries(values)
    .map(([name, value]) => `-DIMAGE_${name}=${value}`)
    .join(' ');
}

/**
 * Runs an image; its exit status is the program's. What it prints, errors included, comes through stdout, and files
 * that it writes are in `folder`. Two runs of the same image count the same: the emulator counts one nanosecond an
 * instruction, and its entropy device gives the same bytes each time, which curve operations are blinded with.
 */
export function spawnRv32(image: string, folder = ROOT): ChildProcess {
  const args = [
    ['-serial', 'none', '-icount', 'shift=0', '-seed', '1'],
    ['-chardev', 'stdio,id=console'],
    ['-semihosting-config', 'enable=on,target=native,chardev=console'],
  ];
  return spawnEmulator(image, args, { cwd: folder });
}

/** What a PNE's machine is connected to. */
export interface Rv32Wires {
  /** File with its flash (tools/simulator/flash.ts). */
  readonly flash: string;
  /** TCP ports on this machine: what its first serial port is joined to, and its second. */
  readonly gatewayPort: number;
  readonly hostPort: number;
  /** Whether the first is joined again when it breaks. It loses then what is sent before it is joined. */
  readonly rejoins: boolean;
  /** A file that holds its memory while it runs, where someone looks at it: its first byte is RAM_START's. */
  readonly memory?: string | undefined;
}

/** Where QEMU's virt machine has its memory. */
export const RAM_START = 0x8000_0000;
const RAM_SIZE = '64M';

/** Runs an image in real time, on its wires. What it prints comes through stderr. */
export function spawnRv32Pne(
  image: string,
  { flash, gatewayPort, hostPort, rejoins, memory }: Rv32Wires,
): ChildProcess {
  const socket = 'host=127.0.0.1,nodelay=on';
  const args = [
    ...(memory === undefined ? [] : memoryInFile(memory)),
    ['-m', RAM_SIZE, '-accel', 'tcg,tb-size=32'],
    ['-chardev', `socket,id=gateway,${socket},port=${gatewayPort}${rejoins ? ',reconnect=1' : ''}`],
    ['-serial', 'chardev:gateway'],
    ['-chardev', `socket,id=host,${socket},port=${hostPort}`],
    ['-device', 'pci-serial,chardev=host,addr=1'],
    ['-drive', `if=pflash,unit=1,format=raw,file=${flash}`],
    ['-semihosting-config', 'enable=on,target=native'],
  ];
  return spawnEmulator(image, args, { detached: true });
}

function memoryInFile(path: string): string[][] {
  const file = `memory-backend-file,id=ram,size=${RAM_SIZE},mem-path=${path},share=on`;
  return [
    ['-object', file],
    ['-machine', 'memory-backend=ram'],
  ];
}

/** Detached from the signals of the terminal where whoever starts it ends it. */
function spawnEmulator(
  image: string,
  args: readonly string[][],
  options: { readonly cwd?: string; readonly detached?: boolean },
): ChildProcess {
  const machine = ['-machine', 'virt', '-bios', image, '-display', 'none', '-monitor', 'none'];
  const entropy = ['-global', 'virtio-mmio.force-legacy=false', '-device', 'virtio-rng-device'];
  return spawn('qemu-system-riscv32', [...machine, ...entropy, ...args.flat()], {
    cwd: ROOT,
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
