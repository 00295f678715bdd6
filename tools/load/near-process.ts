// SPDX-License-Identifier: Apache-2.0

/** A load without any system between its entities: what their work is beside the bare work on the same messages. */
import { join } from 'node:path';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { openLmdbStore } from '../../src/node/store/lmdb.ts';
import { createMemoryStore } from '../../src/node/store/memory.ts';
import { openPostgresStore } from '../../src/node/store/postgres.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { type Bare, createBare } from './bare.ts';
import { serve } from './child.ts';
import { createNearNetwork, type NearPne } from './near-network.ts';

export interface NearMeasured {
  /** Readings, each with its receipt, and what they took of the processor, of all threads. */
  readonly readings: number;
  readonly processorMs: number;
  /** The same of the bare work, between them. */
  readonly bareReadings: number;
  readonly bareMs: number;
}

/** The two take turns, so that what else the machine does is borne by both. */
const OWN_MS = 200;
const BARE_READINGS = 400;
/** As many as wait for the disk together, and far fewer than PNEs: what waits has to be kept by everybody. */
const UNDER_WAY = 256;
/** PNEs that run their handshakes at a time. */
const CONNECTING = 16;

let bare: Bare | undefined;
let pnes: readonly NearPne[] = [];
let accepted = 0;

export type NearApi = typeof handlers;

const handlers = {
  async open({ folder, store, ...size }: OpenOptions): Promise<void> {
    const provider = createNodeProvider();
    bare = createBare(size.pnes, size.gateways);
    pnes = await createNearNetwork({ ...size, provider, store: await openStore(store, folder) });
  },

  /** Resolves when each has had a receipt. */
  async connect(): Promise<void> {
    let next = 0;
    const work = Array.from({ length: CONNECTING }, async () => {
      for (let pne = pnes[next++]; pne !== undefined; pne = pnes[next++]) await connectOne(pne);
    });
    await Promise.all(work);
  },

  progress: (): number => accepted,

  /** So many readings are under way all the time, of one PNE after the other. */
  saturate(): void {
    let turn = 0;
    const reportNext = () => report(pnes[turn++ % pnes.length]!);
    for (const near of pnes)
      near.onAccepted = () => {
        accepted += 1;
        reportNext();
      };
    for (let count = Math.min(UNDER_WAY, pnes.length); count > 0; count -= 1) reportNext();
  },

  measure({ milliseconds }: { readonly milliseconds: number }): Promise<NearMeasured> {
    const done = { readings: 0, processorMs: 0, bareReadings: 0, bareMs: 0 };
    const end = performance.now() + milliseconds;
    return new Promise((resolve) => {
      let [start, before] = [processorMs(), accepted];
      const turn = setInterval(() => {
        done.processorMs += processorMs() - start;
        done.readings += accepted - before;
        doBareWork(done);
        [start, before] = [processorMs(), accepted];
        if (performance.now() < end) return;
        clearInterval(turn);
        resolve(done);
      }, OWN_MS);
    });
  },
};

interface OpenOptions {
  readonly pnes: number;
  readonly gateways: number;
  readonly store: string;
  readonly folder: string;
}

async function openStore(name: string, folder: string): Promise<KeyValueStore> {
  if (name === 'memory') return createMemoryStore();
  return name === 'lmdb' ? openLmdbStore(join(folder, 'near')) : openPostgresStore(name);
}

function connectOne(near: NearPne): Promise<void> {
  return new Promise((resolve) => {
    near.onAccepted = resolve;
    report(near);
    near.connect();
  });
}

function report({ pne }: NearPne): void {
  pne.report({ index: 300, temperature: 21.375, humidity: 48.5, place: 'roof', ok: true });
}

function doBareWork(done: { bareReadings: number; bareMs: number }): void {
  const start = processorMs();
  for (let round = 0; round < BARE_READINGS; round += 1) bare!.everybody();
  done.bareReadings += BARE_READINGS;
  done.bareMs += processorMs() - start;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

serve(handlers);
