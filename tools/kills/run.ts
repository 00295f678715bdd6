// SPDX-License-Identifier: Apache-2.0

/**
 * Kills a server, or several on one database, at random moments under load, while PNEs lose their grants and get new
 * ones and connections to the database end, and then compares what was acknowledged with what was delivered.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { newIdentity } from '../../src/node/identity.ts';
import { Cuts } from './cuts.ts';
import { DeviceCrowd, fasterAfter } from './devices.ts';
import { checkKilled, Lives, type StartTimes } from './lives.ts';
import { startNearGateway, wayTo } from './near-gateways.ts';
import { enrolAll, namesOf, openStoreOf, type Place, type PlacesOptions, placesOf, urlOf } from './places.ts';
import { endInOrder, startProgram } from './program-process.ts';
import { EntityReader } from './reader.ts';
import { Revocations } from './revocations.ts';
import { acknowledgedOf, judge, type Verdict } from './verdict.ts';

export interface KillsOptions extends PlacesOptions {
  /** Of `pne-runtime`. */
  readonly bundle: string;
  readonly pnes: number;
  readonly kills: number;
  /** None begins after that. */
  readonly seconds?: number;
  onKill?(killed: number): void;
  /** What the first process of the server is started behind, such as limits; it is to end by itself then. */
  readonly handicap?: string;
}

export interface KillsResult extends Verdict {
  readonly kills: number;
  /** How often a PNE lost its grant for a while, and how many connections to the database were ended. */
  readonly revocations: number;
  readonly cuts: number;
  readonly startMs: StartTimes;
}

export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const output = join(options.folder, 'readings.ndjson');
  mkdirSync(options.folder, { recursive: true });
  const places = await placesOf(options, output);
  const { crowd, reader, close } = await openCrowd(options, places);
  try {
    const { args } = places[0]!;
    if (options.handicap !== undefined) await startProgram(options.bundle, args, options.handicap).ended;
    const killing = new Killing(options, places, crowd);
    const { bans, ...figures } = await killing.run();
    await runToEnd(options, places, crowd, reader);
    return { ...judge(crowd.sent, readFileSync(output, 'utf8'), bans, reader.came), ...figures };
  } finally {
    close();
  }
}

/** PNEs, and one gateway at each server, between which they move. */
async function openCrowd(options: KillsOptions, places: readonly Place[]) {
  const { pnes, random } = options;
  const provider = createNodeProvider();
  const gatewayIdentities = places.map((_, index) => newIdentity(provider, `gateway-${index + 1}`));
  const credentials = gatewayIdentities.map(({ credential }) => credential);
  const names = namesOf(pnes, 'pne');
  const { identities, entity, server } = await enrolAll(provider, options, places, names, credentials);
  const peers = identities.map(({ credential }) => credential);
  const common = { provider, serverCredential: server };
  const gateways = places.map((place, index) =>
    startNearGateway({
      ...{ ...common, peers, after: fasterAfter },
      identity: gatewayIdentities[index]!,
      server: urlOf(place),
    }),
  );
  const crowd = new DeviceCrowd({
    ...{ provider, identities, server, after: fasterAfter },
    gateways: credentials,
    ways: gateways.map(wayTo),
  });
  const last = urlOf(places.at(-1)!);
  const reader = new EntityReader({ ...common, identity: entity, server: last, random });
  return {
    ...{ crowd, reader },
    close(): void {
      reader.close();
      crowd.close();
      for (const gateway of gateways) gateway.close();
    },
  };
}

class Killing {
  private readonly options: KillsOptions;
  private readonly places: readonly Place[];
  private readonly crowd: DeviceCrowd;
  private readonly lives: Lives;
  private kills = 0;

  constructor(options: KillsOptions, places: readonly Place[], crowd: DeviceCrowd) {
    this.options = options;
    this.places = places;
    this.crowd = crowd;
    this.lives = new Lives(options.bundle, options.random);
  }

  async run() {
    const { options, places, crowd } = this;
    const { database, random } = options;
    const cuts = database === undefined ? undefined : await Cuts.begin(database, random);
    const revocations = new Revocations({
      pneIds: crowd.sent.map(({ pneId }) => pneId),
      open: async () => openStoreOf(options, places),
      passes: () => database !== undefined,
      random,
    });
    const end = Date.now() + 1000 * (options.seconds ?? Number.POSITIVE_INFINITY);
    await Promise.all(places.map((place) => this.killAll(place, end)));
    await Promise.all([cuts?.stop(), revocations.stop()]);
    return {
      bans: revocations.bans,
      kills: this.kills,
      revocations: revocations.bans.length,
      cuts: cuts?.ended ?? 0,
      startMs: this.lives.startMs,
    };
  }

  private async killAll({ args }: Place, end: number): Promise<void> {
    const { options, crowd, lives } = this;
    while (this.kills < options.kills && Date.now() < end) {
      this.kills += 1;
      const accepted = crowd.nextAccepted();
      const process = lives.begin(args);
      checkKilled(await lives.endOne(process, accepted), process);
      options.onKill?.(this.kills);
    }
  }
}

/** Until everything is acknowledged and read; the one that writes readings out ends last. */
async function runToEnd(
  { bundle }: KillsOptions,
  places: readonly Place[],
  crowd: DeviceCrowd,
  reader: EntityReader,
): Promise<void> {
  const last = places.map(({ args }) => startProgram(bundle, args));
  const drained = crowd.drain().then(() => reader.has(acknowledgedOf(crowd.sent)));
  await Promise.race([drained, ...last.map(({ ended }) => ended)]);
  for (const process of last.reverse()) await endInOrder(process);
}
