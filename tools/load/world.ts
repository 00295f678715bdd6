// SPDX-License-Identifier: Apache-2.0

/** The processes of a load: one of all PNEs, a server, and some that share the gateways. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleNodeProgram } from '../build/node-program.ts';
import { freePort } from '../simulator/free-port.ts';
import { Child } from './child.ts';
import type { CrowdApi } from './crowd-process.ts';
import type { GatewayPlace, GatewaysApi } from './gateways-process.ts';
import type { ServerApi } from './server-process.ts';

export interface WorldOptions {
  readonly folder: string;
  readonly pnes: number;
  readonly gateways: number;
  /** Processes that the gateways are spread over. */
  readonly gatewayProcesses: number;
  /** `lmdb`, `memory` or a URL of PostgreSQL. */
  readonly store: string;
}

interface Bundles {
  readonly crowd: string;
  readonly server: string;
  readonly gateways: string;
}

/** Some of the gateways, and the process that has them. */
interface GatewayGroup {
  readonly places: readonly GatewayPlace[];
  child: Child<GatewaysApi>;
}

export class World {
  readonly crowd: Child<CrowdApi>;
  server: Child<ServerApi>;
  private readonly options: WorldOptions;
  private readonly bundles: Bundles;
  private groups: GatewayGroup[] = [];
  private serverPort = 0;
  private serverCredential: Uint8Array = new Uint8Array(0);
  private gatewayCredentials: Uint8Array[] = [];

  private constructor(options: WorldOptions, bundles: Bundles) {
    this.options = options;
    this.bundles = bundles;
    this.crowd = new Child(bundles.crowd);
    this.server = new Child(bundles.server);
  }

  /** Everybody is enrolled, and server and gateways listen. Nobody has connected. */
  static async open(options: WorldOptions): Promise<World> {
    const world = new World(options, {
      crowd: await bundleNodeProgram('tools/load/crowd-process.ts', 'load-crowd'),
      server: await bundleNodeProgram('tools/load/server-process.ts', 'load-server'),
      gateways: await bundleNodeProgram('tools/load/gateways-process.ts', 'load-gateways'),
    });
    await world.fill();
    return world;
  }

  get gatewayProcesses(): number {
    return this.groups.length;
  }

  async startServer(): Promise<void> {
    const { store } = this.options;
    await this.server.ask('start', { state: this.serverState, store, port: this.serverPort });
  }

  async startGateways(): Promise<void> {
    await Promise.all(this.groups.map((group) => this.startGroup(group)));
  }

  /** Resolves when every PNE has had a reading confirmed. */
  async connect(): Promise<void> {
    const places = this.groups.flatMap((group) => group.places);
    const gateways = places.map(({ port }, at) => ({ port, credential: this.gatewayCredentials[at]! }));
    await this.crowd.ask('connect', { server: this.serverCredential, gateways });
  }

  async restartServer(): Promise<void> {
    await this.server.kill();
    this.server = new Child(this.bundles.server);
    await this.startServer();
  }

  async restartGateways(index: number): Promise<void> {
    const group = this.groups[index]!;
    await group.child.kill();
    group.child = new Child(this.bundles.gateways);
    await this.startGroup(group);
  }

  async close(): Promise<void> {
    const children = [this.crowd, this.server, ...this.groups.map(({ child }) => child)];
    await Promise.all(children.map((child) => child.kill()));
  }

  private get serverState(): string {
    return join(this.options.folder, 'server');
  }

  private async fill(): Promise<void> {
    const { folder, pnes, gateways, gatewayProcesses, store } = this.options;
    mkdirSync(folder, { recursive: true });
    const devices = await this.crowd.ask('make', { count: pnes });
    const places: GatewayPlace[] = [];
    for (let at = 0; at < gateways; at += 1) {
      const name = `gateway-${at + 1}`;
      places.push({ name, state: join(folder, name), port: await freePort() });
    }
    for (let at = 0; at < gatewayProcesses; at += 1) {
      const own = places.slice(
        Math.floor((at * gateways) / gatewayProcesses),
        Math.floor(((at + 1) * gateways) / gatewayProcesses),
      );
      this.groups.push({ places: own, child: new Child(this.bundles.gateways) });
    }
    for (const { child, places: own } of this.groups)
      for (const place of own) {
        const number = places.indexOf(place);
        const members = devices.filter((_, index) => index % gateways === number);
        this.gatewayCredentials.push(await child.ask('fill', { ...place, devices: members }));
      }
    this.serverPort = await freePort();
    const crowd = { devices, gateways: this.gatewayCredentials };
    this.serverCredential = await this.server.ask('fill', { state: this.serverState, store, ...crowd });
  }

  private async startGroup({ child, places }: GatewayGroup): Promise<void> {
    await child.ask('start', {
      gateways: places,
      server: `ws://127.0.0.1:${this.serverPort}`,
      serverCredential: join(this.serverState, 'credential'),
    });
  }
}
