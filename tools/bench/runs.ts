// SPDX-License-Identifier: Apache-2.0

/** The same benchmark body in Node and in XS, one provider after the other. */
import board from '../../boards/linux/board.json';
import { microsecondClock, runBench } from '../../firmware/bench.ts';
import { benchOperations } from '../../firmware/bench-operations.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { engine, hasNativeCrypto, spawnXs } from '../build/xs.ts';
import { bundleBench, collect } from './program.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';

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
  const place = { board: board.name, engine: `Node ${process.versions.node}`, provider: provider.name };
  const rows = new Rows(place, onProgress);
  runBench({
    operations: benchOperations(provider),
    ops,
    clock: microsecondClock(() => Number(process.hrtime.bigint()) / 1000),
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
  const rows = new Rows({ board: board.name, engine: `${name} ${version}`, provider }, onProgress);
  const bundle = await bundleBench('bench-main', ops, provider);
  return collect(spawnXs(bundle), rows);
}
