// SPDX-License-Identifier: Apache-2.0

/**
 * Kills gateways at random moments under load. Half of the times a gateway has lost its server before, and a PNE that
 * goes then has left it a reading, which has to come out of the queue on its disk, while the gateway is killed again.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { Device } from './device.ts';
import { DeviceCrowd, fasterByTcp } from './devices.ts';
import { admitAt, type GatewayPlace, gatewayPlace, queues, wayByTcp } from './gateway-places.ts';
import { checkKilled, Lives, type StartTimes } from './lives.ts';
import { enrolAll, namesOf, placesOf, urlOf } from './places.ts';
import { endInOrder, type ProgramProcess, startProgram } from './program-process.ts';
import { EntityReader } from './reader.ts';
import { acknowledgedOf, judge, type Verdict } from './verdict.ts';

export interface GatewayKillsOptions {
  /** Of `pne-runtime`. */
  readonly bundle: string;
  readonly folder: string;
  readonly pnes: number;
  readonly gateways: number;
  readonly kills: number;
  /** None begins after that. */
  readonly seconds?: number;
  /** From 0 to below 1. */
  random(): number;
  onKill?(killed: number): void;
}

export interface GatewayKillsResult extends Verdict {
  readonly kills: number;
  /** Readings that a killed gateway had on its disk, and of them those that did not come while their PNE was away. */
  readonly kept: number;
  readonly keptLost: number;
  readonly startMs: StartTimes;
}

/** A gateway is killed so soon after a PNE has told it something for a server that is away. */
const QUEUED_MS = 60;
/** It is killed so often again, at most, before it may hand over what it has. */
const MORE_KILLS = 2;
/** So often it is looked whether that has come, with a pause: looks, not time, as a machine may stand still. */
const LOOKS = 1200;
const LOOK_MS = 50;

export async function runGatewayKills(options: GatewayKillsOptions): Promise<GatewayKillsResult> {
  const { bundle, folder, random } = options;
  const output = join(folder, 'readings.ndjson');
  mkdirSync(folder, { recursive: true });
  const world = await openWorld(options, output);
  const server = startProgram(bundle, world.serverArgs);
  const end = Date.now() + 1000 * (options.seconds ?? Number.POSITIVE_INFINITY);
  const count: Count = { kills: 0, kept: 0, keptLost: 0 };
  const lives = new Lives(bundle, random);
  try {
    await server.listening;
    const killings = world.places.map(
      (place, index) => new GatewayKilling({ ...options, ...world, place, count, lives, end, index }),
    );
    const last = await Promise.all(killings.map((each) => each.run()));
    await Promise.race([world.drain(), server.ended, ...last.map(({ ended }) => ended)]);
    for (const process of [...last, server]) await endInOrder(process);
    const sent = [...world.crowd.sent, ...world.leavers];
    const verdict = judge(sent, readFileSync(output, 'utf8'), [], world.reader.came);
    return { ...verdict, ...count, startMs: lives.startMs };
  } finally {
    world.close();
  }
}

interface Count {
  kills: number;
  kept: number;
  keptLost: number;
}

type World = Awaited<ReturnType<typeof openWorld>>;

/** Everybody is made known to everybody. One PNE more for each gateway leaves and comes. */
async function openWorld(options: GatewayKillsOptions, output: string) {
  const { folder, pnes, gateways, random } = options;
  const provider = createNodeProvider();
  const [server] = await placesOf({ folder, random }, output);
  const names = namesOf(gateways, 'gateway');
  const places: GatewayPlace[] = [];
  for (const name of names) places.push(await gatewayPlace(provider, folder, name, server!));
  const credentials = places.map(({ credential }) => credential);
  const enrolled = await enrolAll(
    provider,
    { folder, random },
    [server!],
    [...namesOf(pnes, 'pne'), ...namesOf(gateways, 'leaver')],
    credentials,
  );
  const { identities, entity } = enrolled;
  for (const place of places) await admitAt(place, identities);
  const ways = places.map(({ port }) => wayByTcp(port));
  const common = { provider, server: enrolled.server, after: fasterByTcp };
  const crowd = new DeviceCrowd({
    ...{ ...common, ways, gateways: credentials },
    identities: identities.slice(0, pnes),
  });
  const leavers = places.map(
    (_, index) =>
      new Device({
        ...common,
        identity: identities[pnes + index]!,
        gateways: [credentials[index]!],
        ways: [ways[index]!],
        isSending: () => false,
        onAccepted(): void {},
      }),
  );
  const serverCredential = enrolled.server;
  const at = { provider, identity: entity, serverCredential, random };
  const reader = new EntityReader({ ...at, server: urlOf(server!) });
  return {
    ...{ places, crowd, leavers, reader, serverArgs: server!.args },
    /** Resolves when everything is acknowledged, and read. */
    async drain(): Promise<void> {
      await crowd.drain();
      while (!leavers.every(({ isIdle }) => isIdle)) await pause(LOOK_MS);
      await reader.has(acknowledgedOf([...crowd.sent, ...leavers]));
    },
    close(): void {
      reader.close();
      crowd.close();
      for (const leaver of leavers) leaver.leave();
      for (const { passage } of places) void passage.close();
    },
  };
}

interface KillingOptions extends GatewayKillsOptions, Pick<World, 'crowd' | 'leavers' | 'reader'> {
  readonly place: GatewayPlace;
  readonly index: number;
  readonly count: Count;
  readonly lives: Lives;
  /** In milliseconds since 1970. */
  readonly end: number;
}

/** What one gateway goes through. */
class GatewayKilling {
  private readonly options: KillingOptions;
  private readonly leaver: Device;

  constructor(options: KillingOptions) {
    this.options = options;
    this.leaver = options.leavers[options.index]!;
  }

  /** Returns the last one, which runs. */
  async run(): Promise<ProgramProcess> {
    const { place, lives, count, kills, end, crowd } = this.options;
    for (let turn = 0; count.kills < kills && Date.now() < end; turn += 1) {
      if (turn % 2 === 0) await this.leaveInQueue(turn % 4 === 0);
      else await this.kill((process) => lives.endOne(process, crowd.nextAccepted()));
    }
    return lives.begin(place.args);
  }

  private async kill(die: (process: ProgramProcess) => Promise<number | string>): Promise<void> {
    const { place, lives, count, onKill } = this.options;
    const process = lives.begin(place.args);
    checkKilled(await die(process), process);
    count.kills += 1;
    onKill?.(count.kills);
  }

  /** `isWritten`: not before that is on the disk. */
  private async leaveInQueue(isWritten: boolean): Promise<void> {
    const { place, lives, count, random, crowd } = this.options;
    const { leaver } = this;
    let value = 0;
    await this.kill(async (process) => {
      // The gateway, its server and the PNE are there, and know each other.
      leaver.report();
      await until(() => leaver.isIdle, process);
      const away = process.says('server-away');
      place.passage.cut();
      await away;
      value = leaver.report();
      if (isWritten) await until(() => queues(place, leaver.pneId), process);
      return lives.endWithin(process, QUEUED_MS);
    });
    leaver.leave();
    place.passage.mend();
    const isKept = await queues(place, leaver.pneId);
    for (let more = Math.floor(random() * (MORE_KILLS + 1)); more > 0; more -= 1)
      await this.kill((process) => lives.endEarly(process));
    if (isKept) {
      count.kept += 1;
      await this.kill(async (process) => {
        if (!(await this.hasCome(value))) count.keptLost += 1;
        return lives.endOne(process, crowd.nextAccepted());
      });
    }
    leaver.come();
  }

  private async hasCome(value: number): Promise<boolean> {
    const { came } = this.options.reader;
    const name = `${this.leaver.pneId} ${value}`;
    for (let look = 0; look < LOOKS && !came.has(name); look += 1) await pause(LOOK_MS);
    return came.has(name);
  }
}

/** Rejects where the program ends before. */
async function until(
  holds: () => boolean | Promise<boolean>,
  { child, ended, log }: ProgramProcess,
): Promise<void> {
  while (!(await holds())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended by itself (${await ended}): ${log()}`);
    await pause(LOOK_MS);
  }
}
