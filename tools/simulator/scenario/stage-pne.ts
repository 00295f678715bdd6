// SPDX-License-Identifier: Apache-2.0

/** A PNE of a scenario: the device program on its board, with a sensor that counts. */
import type { Figures } from '../../../firmware/sensors/sensor.ts';
import { createCborXPayloads } from '../../../src/payload/codec.ts';
import type { Provisioning } from '../../../src/roles/provisioning.ts';
import type { Board } from '../board.ts';
import { DeviceUser, type Told } from '../device-user.ts';
import { type PneProcess, startPneProcess } from '../pne-process.ts';
import { Passage } from './passage.ts';

const UNKNOWN: Figures = Object.freeze({
  ...{ done: false, sent: 0, accepted: 0, refused: 0, contents: 0, heapBytes: 0, heapPeakBytes: 0 },
});

export interface StagePneOptions {
  readonly id: string;
  readonly board: Board;
  /** Of its store. */
  readonly folder: string;
  /** Ports of the gateways in its reach. */
  readonly gatewayPorts: readonly number[];
  /** Enrols it, with its gateway at that port of this machine. */
  provision(gatewayPort: number): Promise<Provisioning>;
  /** The process has ended by itself. */
  onExit(problem: string): void;
}

export class StagePne {
  readonly id: string;
  /** Between it and the gateways in its reach. */
  readonly passage: Passage;
  /** As the board has told them last. */
  figures = UNKNOWN;
  /** What it has told its user. */
  readonly told: Told[] = [];
  readonly user = new DeviceUser((told) => this.told.push(told));
  /** Readings that it was given: they are `{ n }`, with n from 0. */
  given = 0;
  private readonly options: StagePneOptions;
  private readonly provisioning: Provisioning;
  private readonly payloads = createCborXPayloads();
  private process: PneProcess | undefined;
  private hasEnded = false;

  static async start(options: StagePneOptions): Promise<StagePne> {
    const passage = await Passage.open(options.gatewayPorts);
    const pne = new StagePne(options, passage, await options.provision(passage.port));
    await pne.launch();
    return pne;
  }

  private constructor(options: StagePneOptions, passage: Passage, provisioning: Provisioning) {
    this.options = options;
    this.id = options.id;
    this.passage = passage;
    this.provisioning = provisioning;
  }

  /** There are no more readings. When each has its receipt the board says that it is done. */
  end(): void {
    this.hasEnded = true;
    this.process?.end();
  }

  /** As when its power fails and comes back. Readings that it had are gone. */
  async startAgain(): Promise<void> {
    await this.process?.stop();
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    await this.passage.close();
  }

  private async launch(): Promise<void> {
    const { board, folder, onExit } = this.options;
    this.process = await startPneProcess({
      ...{ board, folder, onExit, linePort: 0, provisioning: this.provisioning, user: this.user },
      onSample: (count) => this.give(count),
      onFigures: (figures) => {
        this.figures = figures;
      },
    });
  }

  private give(count: number): void {
    if (this.hasEnded) return;
    for (let left = count; left > 0; left -= 1) {
      const payload = this.payloads.encode({ n: this.given });
      this.given += 1;
      this.process?.give({ line: this.given, payload });
    }
  }
}
