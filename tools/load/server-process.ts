// SPDX-License-Identifier: Apache-2.0

/** The server of a load, in a process of its own: the program `pne-runtime server`, and what is measured of it. */
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import { ccsCredential } from '../../src/handshake/credential.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { enrolAll, GATEWAYS } from '../../src/node/devices.ts';
import { grantMembership, revokeGrants } from '../../src/node/grants.ts';
import { createLog } from '../../src/node/programs/log.ts';
import { createMetrics } from '../../src/node/programs/metrics.ts';
import type { Program } from '../../src/node/programs/program.ts';
import { startServerProgram } from '../../src/node/programs/server.ts';
import { openState } from '../../src/node/programs/state.ts';
import { keptReadings } from '../../src/node/server-store.ts';
import { createMemoryStore } from '../../src/node/store/memory.ts';
import { entriesUnder, type KeyValueStore } from '../../src/node/store/store.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { type Bare, createBare } from './bare.ts';
import { serve } from './child.ts';

export interface Place {
  readonly state: string;
  /** `lmdb`, `memory` or a URL of PostgreSQL. */
  readonly store: string;
}

export interface Measured {
  readonly readings: number;
  readonly commits: number;
  /** Of all threads of the process, but for the bare work. */
  readonly processorMs: number;
  /** The bare work that was done meanwhile, for so many readings. */
  readonly bareReadings: number;
  readonly bareMs: number;
}

/** Of one device: what its readings say, and when the last of them came. */
export interface Stored {
  readonly indices: number[];
  readonly newest: number;
}

export interface Footprint {
  readonly readings: number;
  readonly readingBytes: number;
  readonly otherBytes: number;
}

/** What the keys of readings begin with (src/node/server-store.ts). */
const READINGS = 0x72;

/**
 * The bare work is done in slices between the server's, so that whatever disturbs one disturbs the other. They are few:
 * what they leave to the garbage collector is theirs as far as it is collected within them.
 */
const SLICE_EVERY_MS = 500;
const SLICE_READINGS = 500;
const WARM_UP_READINGS = 30_000;
const ROWS_AT_ONCE = 1000;

const provider = createNodeProvider();
const say = createLog(
  'text',
  () => {},
  () => new Date(),
);
let bare: Bare | undefined;
let program: Program | undefined;
let store: KeyValueStore | undefined;
let readings = 0;
let commits = 0;
let former = readUsage();
const done = { bareReadings: 0, bareMs: 0 };
let slices: NodeJS.Timeout | undefined;

export type ServerApi = typeof handlers;

const handlers = {
  /** Enrols devices and gateways, and grants the devices what they need. Returns the server's credential. */
  async fill({ state, store: name, devices, gateways }: Place & Crowd): Promise<Uint8Array> {
    const opened = await openState(provider, state, 'server', storeOptions(name));
    bare = createBare(devices.length, gateways.length);
    await enrolAll(opened.store, devices.map(ccsCredential));
    await enrolAll(opened.store, gateways.map(ccsCredential), GATEWAYS);
    const names = devices.map((device) => ccsCredential(device).subject!);
    for (let at = 0; at < names.length; at += ROWS_AT_ONCE)
      await Promise.all(names.slice(at, at + ROWS_AT_ONCE).map((id) => grant(opened.store, id)));
    if (name !== 'memory') await opened.store.close();
    return opened.identity.credential.cred;
  },

  async start({ state, store: name, port }: Place & { readonly port: number }): Promise<void> {
    const metrics = createMetrics(say);
    const values = {
      ...{ state, listen: `127.0.0.1:${port}`, name: 'server', interval: '3600000', page: '', log: 'text' },
      ...{
        store: '',
        output: '',
        metrics: '',
        ipsec: '',
        'sealing-key': '',
        'tls-cert': '',
        'tls-key': '',
        'max-readings': '1000000000',
        'max-kept': '1000000000',
      },
    };
    const opened = await openState(provider, state, 'server', storeOptions(name));
    store = counting(opened.store);
    program = await startServerProgram(values, {
      provider,
      log: metrics.log,
      metrics: { ...metrics, reading: countReading },
      store,
      onBroken: () => process.kill(process.pid, 'SIGKILL'),
      onFailed: () => process.exit(1),
    });
    function countReading(): void {
      readings += 1;
      metrics.reading();
    }
  },

  /** Bytes that live: the engine's, and what its objects hold outside. */
  memory(): number {
    for (let round = 0; round < 3; round += 1) (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },

  /** Begins to measure. */
  measure(): void {
    for (let round = 0; round < WARM_UP_READINGS; round += 1) bare!.server();
    clearInterval(slices);
    slices = setInterval(doBareWork, SLICE_EVERY_MS);
    Object.assign(done, { bareReadings: 0, bareMs: 0 });
    former = readUsage();
  },

  /** What there was since `measure`. */
  measured(): Measured {
    clearInterval(slices);
    const now = readUsage();
    return {
      readings: now.readings - former.readings,
      commits: now.commits - former.commits,
      processorMs: now.processorMs - former.processorMs - done.bareMs,
      ...done,
    };
  },

  /** Takes away what a device was granted. Resolves with the time from which on nothing of it may be stored. */
  async revoke({ id }: { readonly id: string }): Promise<number> {
    await revokeGrants(store!, id);
    return Date.now();
  },

  stored: whatIsStored,

  /** Bytes of all keys and values: those of readings, and all others. */
  async footprint(): Promise<Footprint> {
    const found = { readings: 0, readingBytes: 0, otherBytes: 0 };
    for await (const { key, value } of entriesUnder(store!, new Uint8Array(0))) {
      const isReading = key[0] === READINGS;
      if (isReading) found.readings += 1;
      found[isReading ? 'readingBytes' : 'otherBytes'] += key.length + value.length;
    }
    return found;
  },

  async stop(): Promise<void> {
    await program?.close();
  },
};

interface Crowd {
  readonly devices: readonly Uint8Array[];
  readonly gateways: readonly Uint8Array[];
}

function storeOptions(name: string) {
  if (name === 'memory') {
    store ??= createMemoryStore();
    return { store };
  }
  return name === 'lmdb' ? {} : { database: name };
}

function grant(to: KeyValueStore, id: string): Promise<void> {
  return grantMembership(to, id, DEFAULT_PN, Number.MAX_SAFE_INTEGER);
}

async function whatIsStored(): Promise<Map<string, Stored>> {
  const payloads = createCborXPayloads();
  const found = new Map<string, Stored>();
  for await (const { pneId, payload, arrived } of keptReadings(store!)) {
    const { index } = payloads.decode(payload) as { index: number };
    const known = found.get(pneId) ?? { indices: [], newest: 0 };
    known.indices.push(index);
    found.set(pneId, { ...known, newest: Math.max(known.newest, arrived.getTime()) });
  }
  return found;
}

function doBareWork(): void {
  const { processorMs: start } = readUsage();
  for (let round = 0; round < SLICE_READINGS; round += 1) bare!.server();
  done.bareMs += readUsage().processorMs - start;
  done.bareReadings += SLICE_READINGS;
}

function readUsage() {
  const { user, system } = process.cpuUsage();
  return { readings, commits, processorMs: (user + system) / 1000 };
}

function counting(counted: KeyValueStore): KeyValueStore {
  return {
    get: (key) => counted.get(key),
    range: (prefix, limit, after) => counted.range(prefix, limit, after),
    watch: (key, onChange) => counted.watch(key, onChange),
    close: () => counted.close(),
    commit(changes) {
      commits += 1;
      return counted.commit(changes);
    },
  };
}

serve(handlers);
