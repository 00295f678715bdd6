// SPDX-License-Identifier: Apache-2.0

/** The same benchmark body in Node and in XS, one provider after the other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import board from '../../boards/linux/board.json';
import { microsecondClock, runBench } from '../../firmware/bench/bench.ts';
import { codecOperations } from '../../firmware/bench/codec.ts';
import type { OperationGroup } from '../../firmware/bench/operation.ts';
import { benchOperations } from '../../firmware/bench/operations.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { withRecords } from '../../src/session/records.ts';
import { engine, hasNativeCrypto, spawnXs } from '../build/xs.ts';
import { measureInTurn } from './in-turn.ts';
import { LINUX_MEMORY } from './linux-conditions.ts';
import { BARE_PROVIDER } from './places.ts';
import { type BenchProvider, bundleBench, collect } from './program.ts';
import { type BenchRow, type OnProgress, type Place, Rows } from './rows.ts';
import { serverOperations } from './server.ts';
import { rekeyOperations } from './server-rekey.ts';

const WALL_TIME = microsecondClock(() => Number(process.hrtime.bigint()) / 1000);

/** Measures the operations whose name contains `ops`: every provider that runs on this machine. */
export async function measureAll(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const node = createNodeProvider();
  const noble = withRecords(createNobleProvider(node.fillRandom));
  const payloads = { ...compactPayloads, ...createCborXPayloads() };
  return [
    // First: what ran before in the process, with another provider, would slow it down.
    ...measureServer(node, ops, onProgress),
    ...measureInNode(node.name, [() => rekeyOperations(node)], ops, onProgress),
    ...(hasNativeCrypto() ? await measureInXs('native', 'main', ops, onProgress) : []),
    ...(await measureInXs('noble', 'main', ops, onProgress)),
    ...measureInNode(noble.name, benchOperations(noble, payloads), ops, onProgress),
    ...measureInNode(node.name, benchOperations(node, payloads), ops, onProgress),
    ...measureInNode('none', codecOperations(), ops, onProgress),
    ...(await measureInXs('none', 'plain', ops, onProgress)),
  ];
}

/** The server's operations, and those of the bare libraries. */
export function measureServer(node: CryptoProvider, ops: string, onProgress: OnProgress): BenchRow[] {
  const { bare, own } = serverOperations(node);
  const ways = [
    { place: placeInNode(BARE_PROVIDER), operations: bare },
    { place: placeInNode(node.name), operations: own },
  ];
  return measureInTurn(ways, ops, onProgress);
}

function measureInNode(
  provider: string,
  groups: readonly OperationGroup[],
  ops: string,
  onProgress: OnProgress,
): BenchRow[] {
  const rows = new Rows(placeInNode(provider), onProgress);
  runBench({
    groups,
    ops,
    clock: WALL_TIME,
    onStart: (figures) => rows.start(figures),
    onFigure: (figure) => rows.add(figure),
  });
  return rows.finish();
}

function placeInNode(provider: string): Place {
  return { board: board.name, engine: `Node ${process.versions.node}`, provider };
}

async function measureInXs(
  provider: BenchProvider,
  program: string,
  ops: string,
  onProgress: OnProgress,
): Promise<BenchRow[]> {
  const { name, version } = engine();
  const rows = new Rows({ board: board.name, engine: `${name} ${version}`, provider }, onProgress);
  const bundle = await bundleBench(program, ops, provider);
  const store = await mkdtemp(join(tmpdir(), 'pne-bench-'));
  try {
    return await collect(spawnXs(bundle, { env: { PNE_STORE: store }, memory: LINUX_MEMORY }), rows);
  } finally {
    await rm(store, { recursive: true });
  }
}
