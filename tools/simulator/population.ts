// SPDX-License-Identifier: Apache-2.0

/** The PNEs of a run: each has its figures, its life as a process, and its share of the input. */
import { join } from 'node:path';
import type { Invited, Provisioning } from '../../src/roles/provisioning.ts';
import type { Board } from './board.ts';
import { DeviceUser } from './device-user.ts';
import type { Distributor } from './distributor.ts';
import { newFigures, type PneFigures } from './figures.ts';
import type { Ledger } from './ledger.ts';
import type { Network } from './network.ts';
import { PneLife } from './pne-life.ts';

export interface PopulationOptions {
  /** Where stores lie. */
  readonly folder: string;
  /** PNEs are dealt to them in turn. */
  readonly boards: readonly Board[];
  readonly ledger: Ledger;
  readonly distributor: Distributor;
  /** There once a PNE enters. */
  network(): Pick<Network, 'linePort' | 'deliverInterval'>;
  onFigures(): void;
  onProblem(problem: string): void;
  /** The run cannot go on. */
  onFailed(error: unknown): void;
}

export class Population {
  /** Those that are there, in the order in which they came. */
  figures: PneFigures[] = [];
  private readonly options: PopulationOptions;
  private readonly lives = new Map<string, PneLife>();
  private readonly gone = new Map<string, PneFigures>();
  private readonly boards = new Map<string, Board>();
  private readonly users = new Map<string, DeviceUser>();

  constructor(options: PopulationOptions) {
    this.options = options;
  }

  /** A PNE that has nothing yet. Names are never used twice in a run. */
  expect(id: string): void {
    if (this.find(id) !== undefined) throw new Error(`${id} was in this run already: give it another name`);
    const { boards } = this.options;
    const board = boards[this.boards.size % boards.length]!;
    this.boards.set(id, board);
    this.users.set(id, new DeviceUser());
    this.figures.push(newFigures(id, board));
    this.options.ledger.add(id);
  }

  /** Gives it what is to be in its store. It starts when `start` is called. */
  equip(id: string, provisioning: Provisioning | Invited): void {
    const { options } = this;
    const life = new PneLife({
      ...options,
      board: this.boards.get(id)!,
      folder: join(options.folder, id),
      provisioning,
      linePort: options.network().linePort,
      user: this.userOf(id),
      figures: this.figuresOf(id),
      onRestart: () => options.network().deliverInterval(id),
    });
    this.lives.set(id, life);
  }

  /** Those, and who is gone. */
  get everyone(): readonly PneFigures[] {
    return [...this.figures, ...this.gone.values()];
  }

  /** Whoever uses it: one that is gone carries nothing out any more. */
  userOf(id: string): DeviceUser {
    return this.users.get(id)!;
  }

  /** Settles when its process runs, or has failed to. */
  start(id: string): Promise<void> {
    return this.lives.get(id)?.start() ?? Promise.resolve();
  }

  /** As when the power of a PNE fails and comes back. */
  async startAgain(id: string): Promise<void> {
    await this.lives.get(id)?.startAgain();
  }

  /** The same, with its store put back to what it was when it was provisioned. */
  async rollBack(id: string): Promise<void> {
    await this.lives.get(id)?.rollBack();
  }

  /** Switches it off for good. What it was given and did not deliver is dealt to the others. */
  async remove(id: string): Promise<void> {
    const figures = this.figures.find((each) => each.id === id);
    if (figures === undefined) return;
    this.figures = this.figures.filter((each) => each !== figures);
    this.gone.set(id, figures);
    await this.lives.get(id)?.leave();
    this.lives.delete(id);
  }

  /** Also of one that is gone: what it sent may arrive yet. */
  figuresOf(id: string): PneFigures {
    const figures = this.find(id);
    if (figures === undefined) throw new Error(`no PNE ${id} in this run`);
    return figures;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.lives.values()].map((life) => life.stop()));
  }

  private find(id: string): PneFigures | undefined {
    return this.figures.find((each) => each.id === id) ?? this.gone.get(id);
  }
}
