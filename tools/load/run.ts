// SPDX-License-Identifier: Apache-2.0

/**
 * A load in five parts. Of programs: all PNEs connect, they send as fast as they can, at half that pace, and while others
 * are killed. And all roles in one process.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { compare } from './compare.ts';
import type { LoadOptions } from './load-options.ts';
import { measureNear, type NearResult } from './near.ts';
import type { Measured, Stored } from './server-process.ts';
import { World } from './world.ts';

export interface LoadResult extends NearResult {
  readonly pnes: number;
  readonly gateways: number;
  /** What the bare work on a reading takes of the processor, by what the server's program takes for it. */
  readonly serverRatio: number;
  readonly lost: number;
  readonly doubled: number;
  /** From a reading to its receipt, at half of the throughput. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's memory, when all are connected. */
  readonly bytesPerPne: number;
  /** Stored though nobody sent it, and taken from a PNE after its grant was revoked. */
  readonly invented: number;
  readonly afterRevocation: number;
  readonly acknowledged: number;
  /** Of those that may send, how many readings still waited for a receipt in the end. */
  readonly underWay: number;
  readonly kills: { readonly server: number; readonly gateways: number };
  readonly revoked: number;
  readonly readingsPerSecond: number;
  /** Of the server's processor, for a reading, with the bare work on the same, and for the handshake of a PNE. */
  readonly serverMicroseconds: number;
  readonly bareMicroseconds: number;
  readonly handshakeMicroseconds: number;
  readonly connectSeconds: number;
  /** Of the server's store, for a PNE that connects and for a reading. */
  readonly connectCommits: number;
  readonly readingCommits: number;
  /** Keys and values in the store: of a PNE, and of a reading that nobody has read out yet. */
  readonly storedBytesPerPne: number;
  readonly storedBytesPerReading: number;
}

/** Parts of the time. The rest is that of the kills. */
const NEAR = 0.2;
const FAST = 0.3;
const PACED = 0.15;
/** Of the throughput, at which the time to a receipt is measured, and at which is killed. */
const PACE = 0.5;
const KILLING_PACE = 0.1;
/** One PNE of so many is revoked while others are killed. */
const REVOKED = 50;
const KILL_EVERY_MS = 2000;
/** What has no receipt so long after the last kill is still under way. */
const DRAIN_MS = 120_000;
/** Of all PNEs together, before anything is measured, if they come in as much time as is measured then. */
const WARM_READINGS = 40_000;
const LOOK_MS = 250;

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const result = await runPrograms(options);
  return { ...result, ...(await measureNear(options, 1000 * options.seconds * NEAR)) };
}

async function runPrograms(options: LoadOptions): Promise<Omit<LoadResult, keyof NearResult>> {
  const world = await World.open(options);
  try {
    return await new Load(options, world).run();
  } finally {
    await world.close();
  }
}

class Load {
  private readonly options: LoadOptions;
  private readonly world: World;
  private readonly kills = { server: 0, gateways: 0 };
  /** When each was revoked. */
  private readonly revoked = new Map<string, number>();

  constructor(options: LoadOptions, world: World) {
    this.options = options;
    this.world = world;
  }

  async run(): Promise<Omit<LoadResult, keyof NearResult>> {
    const { pnes, gateways, seconds } = this.options;
    const connected = await this.connect();
    const fast = await this.sendFast(1000 * seconds * FAST);
    const readingsPerSecond = fast.readings / (seconds * FAST);
    const latencies = await this.sendPaced(1000 * seconds * PACED, readingsPerSecond * PACE);
    const underWay = await this.killOthers(1000 * seconds * (1 - NEAR - FAST - PACED), readingsPerSecond);
    const bareMicroseconds = (1000 * fast.bareMs) / fast.bareReadings;
    const serverMicroseconds = (1000 * fast.processorMs) / fast.readings;
    return {
      pnes,
      gateways,
      serverRatio: bareMicroseconds / serverMicroseconds,
      ...compare(await this.world.crowd.ask('sent', undefined), await this.stored(), this.revoked),
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      underWay,
      kills: this.kills,
      revoked: this.revoked.size,
      readingsPerSecond,
      serverMicroseconds,
      bareMicroseconds,
      readingCommits: fast.commits / fast.readings,
      ...(await this.footprint()),
      ...connected,
    };
  }

  private async connect() {
    const { world, options } = this;
    const before = await world.server.ask('memory', undefined);
    await world.startServer();
    await world.startGateways();
    await world.server.ask('measure', undefined);
    const start = performance.now();
    const connecting = world.connect();
    await this.watch(connecting, async () => {
      const { ready } = await world.crowd.ask('progress', undefined);
      options.onProgress(`${ready} of ${options.pnes} PNEs are connected`);
    });
    const connectSeconds = (performance.now() - start) / 1000;
    const { processorMs, commits } = await world.server.ask('measured', undefined);
    const bytes = (await world.server.ask('memory', undefined)) - before;
    return {
      bytesPerPne: Math.round(bytes / options.pnes),
      handshakeMicroseconds: (1000 * processorMs) / options.pnes,
      connectCommits: commits / options.pnes,
      connectSeconds,
    };
  }

  private async sendFast(milliseconds: number): Promise<Measured> {
    const { crowd, server } = this.world;
    await crowd.ask('saturate', undefined);
    await this.warmUp(milliseconds);
    await server.ask('measure', undefined);
    await this.watch(pause(milliseconds), () => this.tellAccepted('as fast as they can'));
    const measured = await server.ask('measured', undefined);
    await crowd.ask('rest', undefined);
    await this.drain();
    return measured;
  }

  /** The engine compiles what is used often: what is measured is a server that has been at work. */
  private async warmUp(milliseconds: number): Promise<void> {
    const { crowd } = this.world;
    const end = performance.now() + milliseconds;
    const { accepted: before } = await crowd.ask('progress', undefined);
    for (let accepted = before; accepted < before + WARM_READINGS && performance.now() < end; ) {
      await pause(LOOK_MS);
      ({ accepted } = await crowd.ask('progress', undefined));
      this.options.onProgress(`${accepted} readings, to warm up`);
    }
  }

  private async sendPaced(milliseconds: number, perSecond: number): Promise<Float64Array> {
    const { crowd } = this.world;
    await crowd.ask('pace', { perSecond });
    await this.watch(pause(milliseconds), () => this.tellAccepted(`${Math.round(perSecond)} a second`));
    return crowd.ask('rest', undefined);
  }

  /** Returns how many PNEs that may send still wait in the end. */
  private async killOthers(milliseconds: number, readingsPerSecond: number): Promise<number> {
    const { world, options } = this;
    const end = performance.now() + milliseconds;
    await world.crowd.ask('pace', { perSecond: readingsPerSecond * KILLING_PACE });
    const { kills: most } = options;
    const count = () => this.kills.server + this.kills.gateways;
    while (most === undefined ? performance.now() < end : count() < most) {
      await pause(KILL_EVERY_MS * (0.5 + options.random()));
      await this.revokeOne();
      if (options.store !== 'memory' && options.random() < 0.5) {
        await world.restartServer();
        this.kills.server += 1;
      } else {
        await world.restartGateways(Math.floor(options.random() * world.gatewayProcesses));
        this.kills.gateways += 1;
      }
      await this.tellAccepted(`${this.kills.server} kills of the server, ${this.kills.gateways} of gateways`);
    }
    await world.crowd.ask('rest', undefined);
    return this.drain();
  }

  private async revokeOne(): Promise<void> {
    const { pnes, random } = this.options;
    if (this.revoked.size >= Math.max(1, pnes / REVOKED)) return;
    const id = `pne-${1 + Math.floor(random() * pnes)}`;
    if (!this.revoked.has(id)) this.revoked.set(id, await this.world.server.ask('revoke', { id }));
  }

  /** Until all that may send have their receipts, or have had time enough. Returns how many have not. */
  private async drain(): Promise<number> {
    const end = performance.now() + DRAIN_MS;
    for (;;) {
      const { waiting } = await this.world.crowd.ask('progress', undefined);
      const left = Math.max(0, waiting - this.revoked.size);
      if (left === 0 || performance.now() > end) return left;
      this.options.onProgress(`${left} PNEs wait for receipts`);
      await pause(LOOK_MS);
    }
  }

  private async footprint() {
    const { readings, readingBytes, otherBytes } = await this.world.server.ask('footprint', undefined);
    return {
      storedBytesPerPne: otherBytes / this.options.pnes,
      storedBytesPerReading: readingBytes / readings,
    };
  }

  private stored(): Promise<Map<string, Stored>> {
    return this.world.server.ask('stored', undefined);
  }

  private async tellAccepted(how: string): Promise<void> {
    const { accepted } = await this.world.crowd.ask('progress', undefined);
    this.options.onProgress(`${accepted} readings, ${how}`);
  }

  private async watch(work: Promise<unknown>, tell: () => Promise<void>): Promise<void> {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await Promise.race([over, pause(LOOK_MS)]);
      await tell();
    }
    await over;
  }
}

function quantile(values: Float64Array, part: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.floor(part * sorted.length)] ?? 0;
}
