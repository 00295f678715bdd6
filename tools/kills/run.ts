// SPDX-License-Identifier: Apache-2.0

/**
 * Kills a server, or several on one database, at random moments under load, and then compares what was acknowledged with what was
 * delivered.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entityScope } from '../../src/authorization/entity-access.ts';
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { ENTITIES, enrol, GATEWAYS } from '../../src/node/devices.ts';
import { ENTITY_GRANTS, grantMembership, grantScope } from '../../src/node/grants.ts';
import { newIdentity } from '../../src/node/identity.ts';
import { openState } from '../../src/node/programs/state.ts';
import { withRecords } from '../../src/session/records.ts';
import { freePort } from '../simulator/free-port.ts';
import { DeviceCrowd, type Sent } from './devices.ts';
import { EntityReader } from './reader.ts';
import { startServer } from './server-process.ts';

export interface KillsOptions {
  /** Of the server program. */
  readonly bundle: string;
  readonly folder: string;
  readonly pnes: number;
  readonly kills: number;
  /** None begins after that. */
  readonly seconds?: number;
  /** From 0 to below 1. */
  random(): number;
  onKill?(killed: number): void;
  /** What the first process of the server is started behind, such as limits; it is to end by itself then. */
  readonly handicap?: string;
  /** A URL of PostgreSQL: servers there, so many, between which PNEs move; else one with a store of its own. */
  readonly database?: string;
  readonly servers?: number;
}

export interface KillsResult {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged, and not in the output. */
  readonly lost: number;
  /** In the output more than once. */
  readonly doubled: number;
  /** In the output, and never sent. */
  readonly invented: number;
  /** Of the acknowledged: those that an external entity did not get, and those that it got more than once. */
  readonly unread: number;
  readonly readTwice: number;
  /** From the start of a process to its listening: the median and the longest. */
  readonly startMs: { readonly median: number; readonly longest: number };
}

/** Half of the kills come so soon after the start, the others so soon after the first acknowledgement. */
const EARLY_MS = 1000;
const LATE_MS = 250;

/** One server as it is started again and again. */
interface Place {
  readonly state: string;
  readonly url: string;
  readonly args: readonly string[];
}

export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const output = join(options.folder, 'readings.ndjson');
  mkdirSync(options.folder, { recursive: true });
  const places = await placesOf(options, output);
  const { crowd, reader } = await enrolCrowd(options, places);
  const startTimes: number[] = [];
  let kills = 0;
  try {
    const { args } = places[0]!;
    if (options.handicap !== undefined) await startServer(options.bundle, args, options.handicap).ended;
    const end = Date.now() + 1000 * (options.seconds ?? Number.POSITIVE_INFINITY);
    const killAll = places.map(async (place) => {
      while (kills < options.kills && Date.now() < end) {
        kills += 1;
        await liveAndDie(options, place.args, crowd, startTimes);
        options.onKill?.(kills);
      }
    });
    await Promise.all(killAll);
    await runToEnd(options, places, crowd, reader);
  } finally {
    reader.close();
    crowd.close();
  }
  return {
    ...compare(crowd.sent, readFileSync(output, 'utf8'), kills, startTimes),
    ...read(crowd.sent, reader),
  };
}

/** The first one alone writes readings out. */
async function placesOf({ folder, database, servers = 1 }: KillsOptions, output: string): Promise<Place[]> {
  const places: Place[] = [];
  for (let index = 0; index < servers; index += 1) {
    const state = join(folder, `state-${index}`);
    const listen = `127.0.0.1:${await freePort()}`;
    const args = ['--state', state, '--listen', listen, '--log', 'text'];
    if (index === 0) args.push('--output', output);
    if (database !== undefined) args.push('--store', database);
    places.push({ state, url: `ws://${listen}`, args });
  }
  return places;
}

/** Servers on one database have one identity. */
async function enrolCrowd(
  { pnes, random, database = '' }: KillsOptions,
  places: readonly Place[],
): Promise<{ readonly crowd: DeviceCrowd; readonly reader: EntityReader }> {
  const provider: CryptoProvider = withRecords(createNodeProvider());
  const [first, ...others] = places;
  const { identity, store } = await openState(provider, first!.state, 'server', { database });
  for (const { state } of others) {
    mkdirSync(state, { mode: 0o700 });
    copyFileSync(join(first!.state, 'identity'), join(state, 'identity'));
  }
  const identities = Array.from({ length: pnes }, (_, index) => newIdentity(provider, `pne-${index + 1}`));
  for (const { credential } of identities) {
    const id = await enrol(store, credential);
    await grantMembership(store, id, DEFAULT_PN, Number.MAX_SAFE_INTEGER);
  }
  const gateways = places.map((_, index) => newIdentity(provider, `gateway-${index + 1}`));
  for (const { credential } of gateways) await enrol(store, credential, GATEWAYS);
  const entity = newIdentity(provider, 'reader');
  const scope = entityScope({ read: ['all'], command: [], pn: DEFAULT_PN });
  await grantScope(
    store,
    ENTITY_GRANTS,
    await enrol(store, entity.credential, ENTITIES),
    scope,
    Number.MAX_SAFE_INTEGER,
  );
  await store.close();
  const serverUrls = places.map(({ url }) => url);
  const server = serverUrls.at(-1)!;
  const serverCredential = identity.credential;
  return {
    crowd: new DeviceCrowd({ provider, server: serverCredential, serverUrls, gateways, identities }),
    reader: new EntityReader({ provider, identity: entity, server, serverCredential, random }),
  };
}

/** Until everything is acknowledged and read; the one that writes readings out ends last. */
async function runToEnd(
  { bundle }: KillsOptions,
  places: readonly Place[],
  crowd: DeviceCrowd,
  reader: EntityReader,
): Promise<void> {
  const last = places.map(({ args }) => startServer(bundle, args));
  const drained = crowd.drain().then(() => reader.has(acknowledgedOf(crowd.sent)));
  await Promise.race([drained, ...last.map(({ ended }) => ended)]);
  for (const { child, ended } of last.reverse()) {
    child.kill('SIGTERM');
    const status = await ended;
    if (status !== 0) throw new Error(`a server ended with ${status} after SIGTERM`);
  }
}

async function liveAndDie(
  { bundle, random }: KillsOptions,
  args: readonly string[],
  crowd: DeviceCrowd,
  startTimes: number[],
): Promise<void> {
  const isEarly = random() < 0.5;
  const moment = random() * (isEarly ? EARLY_MS : LATE_MS);
  const accepted = crowd.nextAccepted();
  const { child, ended, listening, log } = startServer(bundle, args);
  const died = ended.then((how) =>
    Promise.reject(new Error(`the server ended by itself (${how}): ${log()}`)),
  );
  died.catch(() => undefined);
  listening.then((startMs) => startTimes.push(startMs));
  if (!isEarly) await Promise.race([accepted, died]);
  await new Promise((resolve) => setTimeout(resolve, moment));
  child.kill('SIGKILL');
  await ended;
}

function acknowledgedOf(sent: readonly Sent[]): string[] {
  return sent.flatMap(({ pneId, accepted }) => [...accepted].map((value) => `${pneId} ${value}`));
}

function read(sent: readonly Sent[], { came }: EntityReader): Pick<KillsResult, 'unread' | 'readTwice'> {
  return {
    unread: acknowledgedOf(sent).filter((name) => !came.has(name)).length,
    readTwice: [...came.values()].filter((times) => times > 1).length,
  };
}

function compare(
  sent: readonly Sent[],
  output: string,
  kills: number,
  startTimes: number[],
): Omit<KillsResult, 'unread' | 'readTwice'> {
  const delivered = new Map<string, number>();
  for (const line of output.split('\n').filter((each) => each !== '')) {
    const { pne, value } = JSON.parse(line) as { pne: string; value: number };
    const name = `${pne} ${value}`;
    delivered.set(name, (delivered.get(name) ?? 0) + 1);
  }
  const reported = new Set(
    sent.flatMap(({ pneId, reported: count }) =>
      Array.from({ length: count }, (_, value) => `${pneId} ${value}`),
    ),
  );
  const acknowledged = acknowledgedOf(sent);
  const times = startTimes.sort((a, b) => a - b);
  return {
    kills,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((name) => !delivered.has(name)).length,
    doubled: [...delivered.values()].filter((count) => count > 1).length,
    invented: [...delivered.keys()].filter((name) => !reported.has(name)).length,
    startMs: { median: times[times.length >> 1] ?? 0, longest: times.at(-1) ?? 0 },
  };
}
