// SPDX-License-Identifier: Apache-2.0

/** The same benchmark body in Node and in XS, one provider after the other. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BenchClock, type BenchFigure, microsecondClock, runBench } from '../../firmware/bench.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { buildRv32Image, rv32Setup, spawnRv32 } from '../build/rv32.ts';
import { engine, type Memory, spawnXs } from '../build/xs.ts';

/** Noble's curves and what the benchmark prepares take more than a device has. Figures depend on it. */
export const RV32_MEMORY: Memory = {
  chunk: { initial: 262_144, incremental: 16_384 },
  heap: { initial: 24_576, incremental: 1024 },
  limit: 1_048_576,
};

/** One figure and where it was taken. */
export interface BenchRow {
  readonly board: string;
  readonly engine: string;
  readonly provider: string;
  readonly op: string;
  readonly bytes: number;
  readonly unit: BenchClock['unit'];
  readonly value: number;
}

export type Place = Pick<BenchRow, 'board' | 'engine' | 'provider'>;

/** Called before the first operation and after each one. */
export type OnProgress = (place: Place, done: number, total: number) => void;

/** Measures the operations whose name contains `ops`: every provider that runs on this machine. */
export async function measureAll(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const node = createNodeProvider();
  return [
    ...measureInNode(node, ops, onProgress),
    ...measureInNode(createNobleProvider(node.fillRandom), ops, onProgress),
    ...(await measureInXs(ops, onProgress)),
  ];
}

function measureInNode(provider: CryptoProvider, ops: string, onProgress: OnProgress): BenchRow[] {
  const place = { board: 'node', engine: `Node ${process.versions.node}`, provider: provider.name };
  const rows = new Rows(place, onProgress);
  runBench({
    provider,
    ops,
    clock: microsecondClock(() => Number(process.hrtime.bigint()) / 1000),
    onStart: (figures) => rows.start(figures),
    onFigure: (figure) => rows.add(figure),
  });
  return rows.finish();
}

async function measureInXs(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const { name, version } = engine();
  const rows = new Rows({ board: 'linux', engine: `${name} ${version}`, provider: 'noble' }, onProgress);
  const bundle = await bundleBench('bench-main', ops);
  return collect(spawnXs(bundle), rows);
}

/** The same body on the qemu-rv32 board. */
export async function measureOnRv32(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const { name, version } = rv32Setup().engine;
  const place = { board: 'qemu-rv32', engine: `${name} ${version}`, provider: 'noble' };
  const rows = new Rows(place, onProgress, 'instructions');
  const image = await buildRv32Image(await bundleBench('bench-instructions', ops), RV32_MEMORY);
  return collect(spawnRv32(image), rows);
}

/** `name` is an entry point in firmware. */
function bundleBench(name: string, ops: string): Promise<string> {
  return bundleForXs(join(ROOT, `firmware/${name}.ts`), name, { BENCH_OPS: JSON.stringify(ops) });
}

async function collect(child: ChildProcess, rows: Rows): Promise<BenchRow[]> {
  const exited = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status: number | null) =>
      status === 0 ? resolve() : reject(new Error(`the benchmark in XS ended with status ${status}${rows.lastWords()}`)),
    );
  });
  for await (const line of linesOf(child)) {
    rows.read(line);
  }
  await exited;
  return rows.finish();
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  return createInterface({ input: child.stdout! });
}

/** Collects the figures of one place. A run that stops short is an error, not a short table. */
class Rows {
  private readonly rows: BenchRow[] = [];
  private readonly place: Place;
  private readonly onProgress: OnProgress;
  private readonly unit: BenchClock['unit'];
  private total = Number.NaN;
  private unread = '';

  constructor(place: Place, onProgress: OnProgress, unit: BenchClock['unit'] = 'us') {
    this.place = place;
    this.onProgress = onProgress;
    this.unit = unit;
  }

  /** Takes a line of a device program. What is no figure is why it ended. */
  read(line: string): void {
    if (!line.startsWith('{')) {
      this.unread = line;
      return;
    }
    const message = JSON.parse(line) as BenchFigure | { figures: number };
    if ('figures' in message) this.start(message.figures);
    else this.add(message);
  }

  lastWords(): string {
    return this.unread === '' ? '' : `: ${this.unread}`;
  }

  start(total: number): void {
    this.total = total;
    this.onProgress(this.place, 0, total);
  }

  add({ op, bytes, value }: BenchFigure): void {
    this.rows.push({ ...this.place, op, bytes, unit: this.unit, value });
    this.onProgress(this.place, this.rows.length, this.total);
  }

  finish(): BenchRow[] {
    if (this.rows.length === this.total) return this.rows;
    throw new Error(`${this.place.engine} gave ${this.rows.length} figures of ${this.total}`);
  }
}
