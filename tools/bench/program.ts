// SPDX-License-Identifier: Apache-2.0

/** The benchmark as a device program, and what it prints. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { deviceProgram, functionsInC } from '../build/device.ts';
import type { BenchRow, Rows } from './rows.ts';

/** `none` is for what needs no cryptography. */
export type BenchProvider = 'native' | 'noble' | 'none';

/** Bundles an entry point of firmware/bench. A board without native cryptography has no other provider than noble. */
export function bundleBench(name: string, ops: string, provider: BenchProvider = 'noble'): Promise<string> {
  return bundleForXs(join(ROOT, `firmware/bench/${name}.ts`), `bench-${name}-${provider}`, {
    define: { BENCH_OPS: JSON.stringify(ops), BENCH_PROVIDER: JSON.stringify(provider) },
    plugins: provider === 'native' ? [functionsInC(), deviceProgram('pne')] : [],
  });
}

/** Reads figures to the end of the program. */
export async function collect(child: ChildProcess, rows: Rows): Promise<BenchRow[]> {
  const exited = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status: number | null) =>
      status === 0
        ? resolve()
        : reject(new Error(`the benchmark in XS ended with status ${status}${rows.lastWords()}`)),
    );
  });
  for await (const line of linesOf(child)) rows.read(line);
  await exited;
  return rows.finish();
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  return createInterface({ input: child.stdout! });
}
