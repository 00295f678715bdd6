// SPDX-License-Identifier: Apache-2.0

/** The same benchmark body in Node and in XS, one provider after the other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import board from '../../boards/linux/board.json';
import { type BenchClock, microsecondClock, runBench } from '../../firmware/bench.ts';
import { codecOperations } from '../../firmware/bench-codec.ts';
import { benchOperations, type OperationGroup } from '../../firmware/bench-operations.ts';
import { createNobleProvider } from '../../src/crypto/noble/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { withRecords } from '../../src/session/records.ts';
import { engine, hasNativeCrypto, spawnXs } from '../build/xs.ts';
import { LINUX_MEMORY } from './linux-conditions.ts';
import { BARE_PROVIDER } from './places.ts';
import { type BenchProvider, bundleBench, collect } from './program.ts';
import { type BenchRow, type OnProgress, Rows } from './rows.ts';
import { serverOperations } from './server.ts';
import { rekeyOperations } from './server-rekey.ts';

const WALL_TIME = microsecondClock(() => Number(process.hrtime.bigint()) / 1000);
/** Of the server: batches so short that many of them go undisturbed, however busy the machine is. */
const SHORT_BATCHES: BenchClock = { ...WALL_TIME, batchLength: 500, batches: 300 };

/** Measures the operations whose name contains `ops`: every provider that runs on this machine. */
export async function measureAll(ops: string, onProgress: OnProgress): Promise<BenchRow[]> {
  const node = withRecords(createNodeProvider());
  const server = serverOperations(node);
  const noble = withRecords(createNobleProvider(node.fillRandom));
  const payloads = { ...compactPayloads, ...createCborXPayloads() };
  return [
    // First: what ran before in the process, with another provider, would slow it down.
    ...measureInNode(BARE_PROVIDER, [() => server.bare], ops, onProgress, SHORT_BATCHES),
    ...measureInNode(node.name, [() => server.own], ops, onProgress, SHORT_BATCHES),
    ...measureInNode(node.name, [() => rekeyOperations(node)], ops, onProgress),
    ...(hasNativeCrypto() ? await measureInXs('native', 'bench-main', ops, onProgress) : []),
    ...(await measureInXs('noble', 'bench-main', ops, onProgress)),
    ...measureInNode(noble.name, benchOperations(noble, payloads), ops, onProgress),
    ...measureInNode(node.name, benchOperations(node, payloads), ops, onProgress),
    ...measureInNode('none', codecOperations(), ops, onProgress),
    ...(await measureInXs('none', 'bench-plain', ops, onProgress)),
  ];
}

function measureInNode(
  provider: string,
  groups: readonly OperationGroup[],
  ops: string,
  onProgress: OnProgress,
  clock = WALL_TIME,
): BenchRow[] {
  const place = { board: board.name, engine: `Node ${process.versions.node}`, provider };
  const rows = new Rows(place, onProgress);
  runBench({
    groups,
    ops,
    clock,
    onStart: (figures) => rows.start(figures),
    onFigure: (figure) => rows.add(figure),
  });
  return rows.finish();
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
