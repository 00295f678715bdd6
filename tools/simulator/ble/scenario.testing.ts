// SPDX-License-Identifier: Apache-2.0

/**
 * Test code: one PNE on XS with its stack, the gateway's central, the server, and the air between them, where a
 * test listens and interferes. Readings are numbers from 0; the server's are in `received`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BleDemand } from '../../../src/link/ble.ts';
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import { after } from '../../../src/node/timer.ts';
import { createCborXPayloads } from '../../../src/payload/codec.ts';
import type { Agreement } from '../../../src/roles/interface.ts';
import { bundleBleFirmware } from '../../build/firmware.ts';
import { engine, spawnXs } from '../../build/xs.ts';
import { processBoard } from '../board.ts';
import type { Flight } from '../controller/air/flight.ts';
import { type Network, startNetwork } from '../network.ts';
import { type PneProcess, startPneProcess } from '../pne-process.ts';
import { bleBoard } from './board.ts';
import { Radio } from './radio.ts';
import { bundleStack } from './stack-process.ts';
import '../../../src/node/failing.testing.ts';

export const PNE = 'pne-1';

const payloads = createCborXPayloads();
/** Seconds of the air in one of the wall, unless a test measures time. */
const SPEED = 8;
const PATIENCE_MS = 60_000;

export interface ScenarioOptions {
  readonly mtu?: number;
  readonly pneOctets?: number;
  readonly speed?: number;
  /** What the board has for pairing: a display unless given. */
  readonly ioCapabilities?: 'none';
  readonly demand?: BleDemand;
  /** What is typed at the gateway, where it is not what the PNE shows. */
  readonly type?: (shown: number) => number;
  /** Stands between the gateway's link and the gateway. */
  readonly interfere?: (link: Link, attach: (link: Link) => LinkEvents) => LinkEvents;
}

export class Scenario {
  readonly received: number[] = [];
  readonly agreements: Agreement[] = [];
  readonly problems: string[] = [];
  readonly flights: Flight[] = [];
  links = 0;
  passkeys = 0;
  radio!: Radio;
  private readonly options: ScenarioOptions;
  private readonly folder: string;
  private network!: Network;
  private pne: PneProcess | undefined;
  private program = '';
  private bundle = '';
  private next = 0;
  /** Readings that the PNE may still have. */
  private allowed = 0;
  private asked = 0;

  static async open(options: ScenarioOptions = {}): Promise<Scenario> {
    const folder = await mkdtemp(join(tmpdir(), 'pne-test-'));
    const scenario = new Scenario(options, folder);
    await scenario.start();
    return scenario;
  }

  private constructor(options: ScenarioOptions, folder: string) {
    this.options = options;
    this.folder = folder;
  }

  get pneFolder(): string {
    return join(this.folder, PNE);
  }

  /** Lets the PNE have so many more readings. */
  allow(count: number): void {
    this.allowed += count;
    this.feed();
  }

  async startPne(): Promise<void> {
    this.asked = 0;
    const board = processBoard('linux', engine(), (env) => spawnXs(this.bundle, { env }));
    this.pne = await startPneProcess({
      board: bleBoard(this.radio, board),
      folder: this.pneFolder,
      provisioning: this.network.provisioning[0]!,
      linePort: this.network.linePort,
      onSample: (count) => {
        this.asked += count;
        this.feed();
      },
      onFigures(): void {},
      onExit: (problem) => this.problems.push(problem),
    });
  }

  /** As when the power goes, stack and all. */
  async stopPne(): Promise<void> {
    await this.pne?.stop();
    this.pne = undefined;
  }

  async restartPne(): Promise<void> {
    await this.stopPne();
    this.network.deliverInterval(PNE);
    await this.startPne();
  }

  /** The server goes, and does not come back. */
  loseServer(): Promise<void> {
    return this.network.close();
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not in ${PATIENCE_MS} ms: ${what}; ${this.problems.join('; ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** All readings that were allowed have arrived. */
  arrival(): Promise<void> {
    return this.until(() => this.received.length >= this.allowed, `${this.allowed} readings`);
  }

  async close(): Promise<void> {
    await this.stopPne();
    await this.radio.close();
    await this.network.close();
    await rm(this.folder, { recursive: true });
  }

  private async start(): Promise<void> {
    this.program = await bundleStack();
    this.bundle = await bundleBleFirmware(this.options.ioCapabilities);
    this.radio = new Radio({
      program: this.program,
      speed: this.options.speed ?? SPEED,
      mtu: this.options.mtu ?? 517,
      ...(this.options.pneOctets !== undefined && { pneOctets: this.options.pneOctets }),
      ...(this.options.demand !== undefined && { demand: this.options.demand }),
      typePasskey: async (_address, shown) => {
        this.passkeys += 1;
        return this.options.type?.(shown) ?? shown;
      },
      onProblem: (_address, problem) => this.problems.push(problem),
    });
    this.radio.air.tap((flight) => {
      this.flights.push(flight);
      return undefined;
    });
    this.network = await startNetwork({
      pneIds: [PNE],
      algorithm: undefined,
      intervalMs: 0,
      onAgreed: (agreement) => this.agreements.push(agreement),
      onReading: (_id, { value }) => this.received.push(value as number),
      onRefused(): void {},
      onHolder(): void {},
      onServerLink: (isThere) => (isThere ? this.radio.resume() : this.radio.pause()),
    });
    const attach = (link: Link) => {
      this.links += 1;
      return this.options.interfere?.(link, this.network.attachPne) ?? this.network.attachPne(link);
    };
    await this.radio.startGateway(join(this.folder, 'gateway'), after, attach);
    await this.startPne();
  }

  private feed(): void {
    while (this.asked > 0 && this.next < this.allowed && this.pne !== undefined) {
      const reading = this.next;
      this.asked -= 1;
      this.next += 1;
      this.pne.give({ line: reading, payload: payloads.encode(reading) });
    }
  }
}

/** What a server has when nothing was lost, doubled or forged. */
export function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
