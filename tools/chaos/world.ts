// SPDX-License-Identifier: Apache-2.0

/** A personal network in virtual time, with all that can befall it. */
import { type Attacker, createAttacker } from './attacker.ts';
import { BootFile } from './boot-file.ts';
import { Chronicle } from './chronicle.ts';
import { KeyWitness, type SeededProviders } from './cryptography.ts';
import type { Snapshot } from './database.ts';
import { Device } from './device.ts';
import type { FaultName } from './fault-names.ts';
import { GatewayProcess } from './gateway-process.ts';
import { Member } from './member.ts';
import type { Random } from './random.ts';
import { calm, type Scenario } from './scenario.ts';
import { ServerProcess } from './server-process.ts';
import { type Life, Timeline } from './timeline.ts';
import type { Ether, Wire } from './wire.ts';
import { Witness } from './witness.ts';

interface Members {
  readonly pnes: readonly Member[];
  readonly gateways: readonly Member[];
  readonly server: Member;
}

const MAX_DEPARTURE_MS = 120_000;
const BURST = 60;
const BURST_MS = 200;

export class World {
  readonly timeline = new Timeline();
  readonly witness = new Witness();
  readonly chronicle: Chronicle;
  readonly random: Random;
  readonly devices: Device[] = [];
  readonly gateways: readonly GatewayProcess[];
  readonly server: ServerProcess;
  /** States of the server's store that a fault may put back. */
  readonly snapshots: Snapshot[] = [new Map()];
  private readonly scenario: Scenario;
  private readonly ether: Ether;
  private readonly members: Members;
  /** In the first gateway, and between it and the server. */
  private readonly attackers: readonly Attacker[];
  private readonly clones: Device[] = [];

  constructor(random: Random, scenario: Scenario, keepsAll: boolean, providers: SeededProviders) {
    this.random = random;
    this.scenario = scenario;
    this.chronicle = new Chronicle(this.timeline, keepsAll);
    this.members = createMembers(random.fork(), scenario, new KeyWitness(providers));
    this.ether = {
      timeline: this.timeline,
      chronicle: this.chronicle,
      random: random.fork(),
      weather: { ...scenario.weather },
    };
    this.attackers = this.createAttackers();
    this.server = this.createServer();
    this.gateways = this.members.gateways.map((member, index) => this.createGateway(member, index));
    for (const member of this.members.pnes) this.devices.push(this.createDevice(member, new BootFile()));
  }

  /** Links that are there, of whichever kind. */
  get wires(): Wire[] {
    const ends = [...this.gateways, ...this.devices, ...this.clones];
    return ends.flatMap(({ wire }) => (wire?.isUp ? [wire] : []));
  }

  get lives(): Life[] {
    return [...this.devices, ...this.gateways, this.server].map(({ life }) => life);
  }

  anyDevice(): Device {
    return this.random.pick(this.devices);
  }

  /** When something that is out of order is in order again: within so long, and before the faults cease. */
  outageEnd(mostMs: number): number {
    const left = this.scenario.troubledMs - this.timeline.now;
    return this.timeline.now + this.random.whole(1000, Math.max(1000, Math.min(mostMs, left)));
  }

  /** `befall`: has a fault happen to this world. */
  start(befall: (fault: FaultName) => void): void {
    this.server.start();
    for (const process of [...this.gateways, ...this.devices]) process.start();
    this.plan(befall);
  }

  /** Another device with all that this one has, until it is found. */
  clone(original: Device, until: number): void {
    this.witness.confuse(original.pneId);
    const member = this.members.pnes.find(({ life }) => life === original.life)!;
    const copy = member.copy(`${original.pneId} clone ${this.clones.length + 1}`);
    const clone = this.createDevice(copy, original.file.copy());
    this.clones.push(clone);
    clone.start();
    const lifetime = until - this.timeline.now;
    for (let i = 0; i < 10; i++) {
      this.timeline.in(this.random.whole(0, lifetime), undefined, () => clone.report());
    }
    this.timeline.in(lifetime, undefined, () => clone.end(true));
  }

  /** Faults cease: whatever is out of order is in order from now on. */
  calm(): void {
    calm(this.ether.weather);
    for (const attacker of this.attackers) attacker.rest();
    for (const { file } of this.devices) file.mood = 'good';
    this.server.database.mood = 'good';
    this.chronicle.note('the world', 'faults cease');
  }

  private plan(befall: (fault: FaultName) => void): void {
    const { troubledMs, readings, contents, faults } = this.scenario;
    const sometime = (work: () => void) =>
      this.timeline.in(this.random.whole(0, troubledMs), undefined, work);
    for (const device of this.devices) {
      for (let i = 0; i < readings; i++) sometime(() => device.report());
      for (let i = 0; i < contents; i++) sometime(() => this.server.deliver(device.pneId));
      sometime(() => this.burst(device));
    }
    for (let i = 0; i < 4; i++) sometime(() => this.snapshots.push(this.server.database.snapshot()));
    if (this.attackers.length > 0) this.planDeparture();
    for (const name of faults) {
      sometime(() => {
        this.chronicle.fault(name, 'the world');
        befall(name);
      });
    }
  }

  /** More readings than a window tells apart, faster than they are sent again. */
  private burst(device: Device): void {
    for (let i = 0; i < BURST; i++) this.timeline.in(i * BURST_MS, undefined, () => device.report());
  }

  /** Everybody leaves a hostile gateway while it may still hold back what says where they were. */
  private planDeparture(): void {
    for (const device of this.devices) {
      const ms = this.scenario.troubledMs - this.random.whole(0, MAX_DEPARTURE_MS);
      this.timeline.in(ms, undefined, () => device.roam(true));
    }
  }

  private createAttackers(): Attacker[] {
    const { hostile, troubledMs } = this.scenario;
    if (hostile === undefined) return [];
    const { chronicle, timeline } = this;
    return ['gateway-1', 'CPNS-2'].map((name) =>
      createAttacker({
        ...{ ...hostile, chronicle, name, timeline, endMs: troubledMs },
        patienceMs: troubledMs / 20,
        random: this.random.fork(),
      }),
    );
  }

  private createServer(): ServerProcess {
    const { pnes, gateways, server } = this.members;
    return new ServerProcess({
      ether: this.ether,
      witness: this.witness,
      random: this.random.fork(),
      life: server.life,
      isHonest: this.scenario.hostile === undefined && this.scenario.weather.corruption === 0,
      endToEnd: server.interfaceTo(pnes, 'server', 'CPNS-3'),
      toGateways: server.interfaceTo(gateways, 'server', 'CPNS-2'),
      pneIds: pnes.map(({ life }) => life.name),
    });
  }

  private createGateway(member: Member, index: number): GatewayProcess {
    return new GatewayProcess({
      ether: this.ether,
      random: this.random.fork(),
      life: member.life,
      hop: member.interfaceTo(this.members.pnes, 'gateway', 'CPNS-1'),
      toServer: member.interfaceTo([this.members.server], 'gateway', 'CPNS-2'),
      pneIds: this.members.pnes.map(({ life }) => life.name),
      server: this.server,
      tap: index === 0 ? this.attackers[0]?.tap : undefined,
      outerTap: index === 0 ? this.attackers[1]?.tap : undefined,
    });
  }

  private createDevice(member: Member, file: BootFile): Device {
    const { gateways, server } = this.members;
    return new Device({
      ether: this.ether,
      witness: this.witness,
      random: this.random.fork(),
      life: member.life,
      pneId: member.identity.credential.subject!,
      hop: member.interfaceTo(gateways, 'pne', 'CPNS-1'),
      endToEnd: member.interfaceTo([server], 'pne', 'CPNS-3'),
      file,
      gateways: this.gateways,
    });
  }
}

function createMembers(random: Random, { pnes, gateways, limits }: Scenario, keys: KeyWitness): Members {
  let kid = 0;
  const create = (subject: string) => new Member({ keys, random, limits, subject, kid: kid++ });
  const named = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => create(`${name}-${index + 1}`));
  return { server: create('server'), gateways: named('gateway', gateways), pnes: named('pne', pnes) };
}
