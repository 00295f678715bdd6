// SPDX-License-Identifier: Apache-2.0

/** One PNE of a run, over all its starts: a process that ends by itself is started again, as a device would be. */
import type { Figures } from '../../firmware/sensors/sensor.ts';
import type { Invited, Provisioning } from '../../src/roles/provisioning.ts';
import type { Board } from './board.ts';
import type { DeviceUser } from './device-user.ts';
import type { Distributor, Outlet } from './distributor.ts';
import type { PneFigures } from './figures.ts';
import type { Ledger } from './ledger.ts';
import { type PneProcess, startPneProcess } from './pne-process.ts';

const RESTART_MS = 1000;
/** A PNE that ends so often without one reading in between is given up. */
const MAX_FRUITLESS_STARTS = 3;

export interface PneLifeOptions {
  readonly board: Board;
  /** Of its store. */
  readonly folder: string;
  readonly provisioning: Provisioning | Invited;
  /** Where its serial line to the gateway ends, if it has one. */
  readonly linePort: number;
  readonly user: DeviceUser;
  readonly figures: PneFigures;
  readonly ledger: Ledger;
  readonly distributor: Distributor;
  /** It has forgotten its interval. */
  onRestart(): void;
  /** `figures` have changed. */
  onFigures(): void;
  onProblem(problem: string): void;
  /** The run cannot go on. */
  onFailed(error: unknown): void;
}

export class PneLife {
  private readonly options: PneLifeOptions;
  private readonly outlet: Outlet;
  private process: PneProcess | undefined;
  private starting: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private fruitless = 0;
  private receivedBefore = 0;
  private sentBefore = 0;
  private refusedBefore = 0;
  private contentsBefore = 0;
  private stopping = false;

  constructor(options: PneLifeOptions) {
    const { figures, ledger, distributor } = options;
    this.options = options;
    this.outlet = distributor.add(
      (reading) => {
        ledger.given(figures.id, reading);
        this.process?.give(reading);
      },
      () => this.process?.end(),
    );
  }

  /** Settles when the process runs, or has failed to. */
  start(): Promise<void> {
    this.starting = this.launch().catch((error: Error) => this.fall(error.message));
    return this.starting;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.starting;
    await this.process?.stop();
  }

  /** As when its power fails and comes back. */
  startAgain(): Promise<void> {
    return this.powerCycle(async () => undefined);
  }

  /** The same, and meanwhile somebody puts back what was in its store when it was provisioned. */
  rollBack(): Promise<void> {
    return this.powerCycle(() => this.options.board.erase(this.options.folder));
  }

  private async powerCycle(whileOff: () => Promise<void>): Promise<void> {
    await this.starting;
    clearTimeout(this.timer);
    const former = this.process;
    this.process = undefined;
    await former?.stop();
    await whileOff();
    if (this.stopping) return;
    this.restart();
    await this.starting;
  }

  /** Ends it for good, as one that its owner has removed: others get what waits for it, and what it did not deliver. */
  async leave(): Promise<void> {
    await this.stop();
    const { figures, ledger, onFailed } = this.options;
    const inVain = ledger.restarted(figures.id);
    this.outlet.restart(inVain);
    await this.outlet.remove().catch(onFailed);
  }

  private async launch(): Promise<void> {
    const { board, folder, provisioning, linePort, user, onFailed } = this.options;
    this.process = await startPneProcess({
      board,
      folder,
      provisioning,
      linePort,
      user,
      onSample: (count) => this.outlet.ask(count).catch(onFailed),
      onFigures: (reported) => this.take(reported),
      onExit: (problem) => this.fall(problem),
    });
  }

  private take(reported: Figures): void {
    const { figures, onFigures } = this.options;
    // Its report is older than what has arrived.
    figures.sent = Math.max(this.sentBefore + reported.sent, figures.received);
    figures.refusedByPne = this.refusedBefore + reported.refused;
    figures.contents = this.contentsBefore + reported.contents;
    figures.heapBytes = reported.heapBytes;
    figures.heapPeakBytes = reported.heapPeakBytes;
    figures.done = reported.done;
    onFigures();
  }

  private fall(problem: string): void {
    if (this.stopping) return;
    const { figures, onProblem } = this.options;
    void this.process?.stop();
    this.process = undefined;
    this.fruitless = figures.received > this.receivedBefore ? 0 : this.fruitless + 1;
    if (figures.done) return this.lose(problem, false);
    if (this.fruitless >= MAX_FRUITLESS_STARTS) return this.lose(problem, true);
    onProblem(`${figures.id} ended: ${problem}; it starts again`);
    this.timer = setTimeout(() => this.restart(), RESTART_MS);
  }

  private restart(): void {
    const { figures, ledger, onRestart } = this.options;
    this.receivedBefore = figures.received;
    this.sentBefore = figures.sent;
    this.refusedBefore = figures.refusedByPne;
    this.contentsBefore = figures.contents;
    // Not before: what it has sent may arrive in this time.
    this.outlet.restart(ledger.restarted(figures.id));
    onRestart();
    void this.start();
  }

  /** Gives the PNE up: others get what waits for it. `isLost` where it had not delivered everything. */
  private lose(problem: string, isLost: boolean): void {
    const { figures, onProblem, onFigures, onFailed } = this.options;
    figures.lost = isLost;
    onProblem(`${figures.id} ended: ${problem}${isLost ? `; given up after ${this.fruitless} starts` : ''}`);
    this.outlet.remove().then(onFigures, onFailed);
  }
}
