// SPDX-License-Identifier: Apache-2.0

/**
 * Kills a server, or several on one database, at random moments under load, while PNEs lose their grants and get new ones
 * and connections to the database end, and then compares what was acknowledged with what was delivered.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cuts } from './cuts.ts';
import type { DeviceCrowd } from './devices.ts';
import { enrolCrowd, openStoreOf, type Place, type PlacesOptions, placesOf } from './places.ts';
import type { EntityReader } from './reader.ts';
import { Revocations } from './revocations.ts';
import { startServer } from './server-process.ts';
import { acknowledgedOf, judge, type Verdict } from './verdict.ts';

export interface KillsOptions extends PlacesOptions {
  /** Of the server program. */
  readonly bundle: string;
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
  /** Servers that did not get to listen because of that, and said so. */
  readonly cutStarts: number;
  /** From the start of a process to its listening: the median and the longest. */
  readonly startMs: { readonly median: number; readonly longest: number };
}

/** Half of the kills come within so many times what the last start took, the others so soon after the first acknowledgement. */
const EARLY_STARTS = 2;
const LATE_MS = 250;
/** What a start takes, until there was one. */
const START_MS = 500;

export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const output = join(options.folder, 'readings.ndjson');
  mkdirSync(options.folder, { recursive: true });
  const places = await placesOf(options, output);
  const { crowd, reader } = await enrolCrowd(options, places);
  try {
    const { args } = places[0]!;
    if (options.handicap !== undefined) await startServer(options.bundle, args, options.handicap).ended;
    const killing = new Killing(options, places, crowd);
    const { bans, ...figures } = await killing.run();
    await runToEnd(options, places, crowd, reader);
    return { ...judge(crowd.sent, readFileSync(output, 'utf8'), bans, reader.came), ...figures };
  } finally {
    reader.close();
    crowd.close();
  }
}

class Killing {
  private readonly options: KillsOptions;
  private readonly places: readonly Place[];
  private readonly crowd: DeviceCrowd;
  private readonly startTimes: number[] = [];
  private kills = 0;
  private cutStarts = 0;

  constructor(options: KillsOptions, places: readonly Place[], crowd: DeviceCrowd) {
    this.options = options;
    this.places = places;
    this.crowd = crowd;
  }

  async run() {
    const { options, places, crowd } = this;
    const { database, random } = options;
    const cuts = database === undefined ? undefined : new Cuts(database, random);
    const revocations = new Revocations({
      pneIds: crowd.sent.map(({ pneId }) => pneId),
      open: async () => openStoreOf(options, places),
      passes: () => database !== undefined,
      random,
    });
    const end = Date.now() + 1000 * (options.seconds ?? Number.POSITIVE_INFINITY);
    await Promise.all(places.map((place) => this.killAll(place, end)));
    await Promise.all([cuts?.stop(), revocations.stop()]);
    const times = this.startTimes.toSorted((a, b) => a - b);
    return {
      bans: revocations.bans,
      kills: this.kills,
      revocations: revocations.bans.length,
      cuts: cuts?.ended ?? 0,
      cutStarts: this.cutStarts,
      startMs: { median: times[times.length >> 1] ?? 0, longest: times.at(-1) ?? 0 },
    };
  }

  private async killAll({ args }: Place, end: number): Promise<void> {
    const { options } = this;
    while (this.kills < options.kills && Date.now() < end) {
      this.kills += 1;
      if (await this.liveAndDie(args)) options.onKill?.(this.kills);
      else this.kills -= 1;
    }
  }

  /** Returns whether it was killed. */
  private async liveAndDie(args: readonly string[]): Promise<boolean> {
    const { bundle, random } = this.options;
    const isEarly = random() < 0.5;
    const earlyMs = EARLY_STARTS * (this.startTimes.at(-1) ?? START_MS);
    const moment = random() * (isEarly ? earlyMs : LATE_MS);
    const accepted = this.crowd.nextAccepted();
    const { child, ended, listening, log } = startServer(bundle, args);
    let isListening = false;
    void listening.then((startMs) => {
      isListening = true;
      this.startTimes.push(startMs);
    });
    if (!isEarly) await Promise.race([accepted, ended]);
    await Promise.race([pause(moment), ended]);
    child.kill('SIGKILL');
    const how = await ended;
    if (how === 'SIGKILL') return true;
    const isCut = this.options.database !== undefined && !isListening && how === 1;
    if (!isCut) throw new Error(`the server ended by itself (${how}): ${log()}`);
    this.cutStarts += 1;
    return false;
  }
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
  for (const { child, ended, log } of last.reverse()) {
    child.kill('SIGTERM');
    const status = await ended;
    if (status !== 0) throw new Error(`a server ended with ${status} after SIGTERM: ${log()}`);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
