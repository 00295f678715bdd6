// SPDX-License-Identifier: Apache-2.0

/** The same benchmark body in Node and in XS, one provider after the other. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BenchFigure, runBench } from '../../firmware/bench.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { engine, hasNativeCrypto, spawnXs } from '../build/xs.ts';

/** One figure and where it was taken. */
export interface BenchRow {
  readonly board: string;
  readonly engine: string;
  readonly provider: string;
  readonly op: string;
  readonly bytes: number;
  readonly unit: 'us';
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
    ...(hasNativeCrypto() ? await measureInXs('native', ops, onProgress) : []),
    ...(await measureInXs('noble', ops, onProgress)),
  ];
}

function measureInNode(provider: CryptoProvider, ops: string, onProgress: OnProgress): BenchRow[] {
  const place = { board: 'node', engine: `Node ${process.versions.node}`, provider: provider.name };
  const rows = new Rows(place, onProgress);
  runBench({
    provider,
    ops,
    monotonicMicroseconds: () => Number(process.hrtime.bigint()) / 1000,
    onStart: (figures) => rows.start(figures),
    onFigure: (figure) => rows.add(figure),
  });
  return rows.finish();
}

async function measureInXs(
  provider: 'native' | 'noble',
  ops: string,
  onProgress: OnProgress,
): Promise<BenchRow[]> {
  const { name, version } = engine();
  const rows = new Rows({ board: 'linux', engine: `${name} ${version}`, provider }, onProgress);
  const child = spawnXs(
    await bundleForXs(join(ROOT, 'firmware/bench-main.ts'), `bench-${provider}`, {
      BENCH_OPS: JSON.stringify(ops),
      BENCH_PROVIDER: JSON.stringify(provider),
    }),
  );
  const exited = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status: number | null) =>
      status === 0 ? resolve() : reject(new Error(`the benchmark in XS ended with status ${status}`)),
    );
  });
  for await (const line of linesOf(child)) {
    const message = JSON.parse(line) as BenchFigure | { figures: number };
    if ('figures' in message) rows.start(message.figures);
    else rows.add(message);
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
  private total = Number.NaN;

  constructor(place: Place, onProgress: OnProgress) {
    this.place = place;
    this.onProgress = onProgress;
  }

  start(total: number): void {
    this.total = total;
    this.onProgress(this.place, 0, total);
  }

  add({ op, bytes, microseconds }: BenchFigure): void {
    this.rows.push({ ...this.place, op, bytes, unit: 'us', value: microseconds });
    this.onProgress(this.place, this.rows.length, this.total);
  }

  finish(): BenchRow[] {
    if (this.rows.length === this.total) return this.rows;
    throw new Error(`${this.place.engine} gave ${this.rows.length} figures of ${this.total}`);
  }
}
