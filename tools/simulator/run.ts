// SPDX-License-Identifier: Apache-2.0

/** Runs a personal network: PNEs in XS processes, PN GW and CPNS Server here, readings from the input. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figures } from '../../firmware/sensor.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { after } from '../../src/node/timer.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Reading } from '../../src/roles/server-store.ts';
import type { Radio } from './ble/radio.ts';
import type { Board } from './board.ts';
import { Distributor } from './distributor.ts';
import { newFigures, type PneFigures } from './figures.ts';
import { Ledger, type MissingReading } from './ledger.ts';
import { type Network, startNetwork } from './network.ts';
import { type PneProcess, startPneProcess } from './pne-process.ts';
import type { Row, SkippedRow } from './readings.ts';

/** With readings on their way and none arriving for so long, a run gives up on them. */
const STALL_MS = 30_000;
const MAX_PROBLEMS_KEPT = 20;

export interface RunOptions {
  /** The air, where boards have a radio. It ends with the run. */
  readonly radio?: Radio;
  /** PNEs are dealt to them in turn. */
  readonly boards: readonly Board[];
  readonly pnes: number;
  /** COSE AEAD for CPNS-3; undefined leaves it to the negotiation. */
  readonly algorithm: number | undefined;
  readonly intervalMs: number;
  readonly rows: AsyncIterable<Row>;
  /** Ends the run when every PNE is done; else it goes on until `stop` is aborted. */
  readonly once: boolean;
  readonly stop: AbortSignal;
  onAgreed(agreement: Agreement): void;
  onProgress(pnes: readonly PneFigures[]): void;
  onSkipped(row: SkippedRow): void;
  /** Something the user should know, in one line. */
  onProblem(problem: string): void;
}

export interface RunResult {
  readonly pnes: readonly PneFigures[];
  readonly skipped: readonly SkippedRow[];
  readonly missing: readonly MissingReading[];
  readonly problems: readonly string[];
  /** What each PNE agreed on with gateway and server, the last time. */
  readonly agreements: readonly Agreement[];
}

export async function run(options: RunOptions): Promise<RunResult> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-runtime-'));
  const simulation = new Simulation(options, folder);
  try {
    await simulation.start();
    await simulation.ended;
    return simulation.result();
  } finally {
    await simulation.stop();
    await rm(folder, { recursive: true });
  }
}

class Simulation {
  /** Settles when the run is over; rejects where the input cannot be read. */
  readonly ended: Promise<void>;
  private readonly options: RunOptions;
  private readonly folder: string;
  private readonly figures: PneFigures[];
  private readonly ledger = new Ledger();
  private readonly skipped: SkippedRow[] = [];
  private readonly problems: string[] = [];
  private readonly agreements = new Map<string, Agreement>();
  private readonly processes: PneProcess[] = [];
  private network: Network | undefined;
  private stallTimer: NodeJS.Timeout | undefined;
  private stopping = false;
  private end: () => void = () => {};
  private fail: (error: unknown) => void = () => {};

  constructor(options: RunOptions, folder: string) {
    this.options = options;
    this.folder = folder;
    this.figures = Array.from({ length: options.pnes }, (_, index) =>
      newFigures(`pne-${index + 1}`, this.boardOf(index)),
    );
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    options.stop.addEventListener('abort', () => this.end());
  }

  async start(): Promise<void> {
    const pneIds = this.figures.map(({ id }) => id);
    for (const id of pneIds) this.ledger.add(id);
    const { radio } = this.options;
    this.network = await startNetwork({
      pneIds,
      algorithm: this.options.algorithm,
      intervalMs: this.options.intervalMs,
      onAgreed: (agreement) => this.agree(agreement),
      onReading: (id, reading) => this.receive(id, reading),
      onRefused: (reason, id) => this.countRefusal(reason, id),
      onServerLink: (isThere) => (isThere ? radio?.resume() : radio?.pause()),
    });
    await radio?.startGateway(join(this.folder, 'gateway'), after, this.network.attachPne);
    const distributor = new Distributor(this.options.rows, (row) => this.skip(row));
    await Promise.all(this.figures.map((figures, index) => this.startPne(figures, index, distributor)));
    this.watchForStall();
  }

  result(): RunResult {
    return {
      pnes: this.figures,
      skipped: this.skipped,
      missing: this.ledger.missing(),
      problems: this.problems,
      agreements: [...this.agreements.values()],
    };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.stallTimer);
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.options.radio?.close();
    await this.network?.close();
  }

  private async startPne(figures: PneFigures, index: number, distributor: Distributor): Promise<void> {
    const ask = distributor.add(
      (reading) => {
        this.ledger.given(figures.id, reading);
        process.give(reading);
      },
      () => process.end(),
    );
    const process = await startPneProcess({
      board: this.boardOf(index),
      folder: join(this.folder, figures.id),
      provisioning: this.network!.provisioning[index]!,
      linePort: this.network!.linePort,
      onSample: (count) => ask(count).catch(this.fail),
      onFigures: (reported) => this.takeFigures(figures, reported),
      onExit: (problem) => this.loseProcess(figures, problem),
    });
    this.processes.push(process);
  }

  private boardOf(index: number): Board {
    const { boards } = this.options;
    return boards[index % boards.length]!;
  }

  private agree(agreement: Agreement): void {
    this.agreements.set(`${agreement.peer.subject} ${agreement.name}`, agreement);
    this.options.onAgreed(agreement);
  }

  private receive(id: string, { id: reading, payload, value }: Reading): void {
    this.ledger.received(id, reading % ImplementationLimits.maxReadingsPerBoot, payload);
    const figures = this.figuresOf(id);
    figures.received = this.ledger.receivedOf(id);
    figures.last = value;
    this.watchForStall();
    this.options.onProgress(this.figures);
  }

  private takeFigures(figures: PneFigures, reported: Figures): void {
    figures.sent = reported.sent;
    figures.refusedByPne = reported.refused;
    figures.heapBytes = reported.heapBytes;
    figures.heapPeakBytes = reported.heapPeakBytes;
    figures.done = reported.done;
    this.options.onProgress(this.figures);
    this.endWhenDone();
  }

  private skip(row: SkippedRow): void {
    this.skipped.push(row);
    this.options.onSkipped(row);
  }

  private countRefusal(reason: string, id: string | undefined): void {
    if (id !== undefined) this.figuresOf(id).refusedByServer += 1;
    this.addProblem(`${id ?? 'gateway'}: a message was refused: ${reason}`);
  }

  private loseProcess(figures: PneFigures, problem: string): void {
    figures.lost = true;
    this.addProblem(`${figures.id} ended: ${problem}`);
    this.endWhenDone();
  }

  private addProblem(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS_KEPT) this.problems.push(problem);
    this.options.onProblem(problem);
  }

  private endWhenDone(): void {
    const allLost = this.figures.every(({ lost }) => lost);
    const allDone = this.figures.every(({ done, lost }) => done || lost);
    if (allLost || (this.options.once && allDone)) this.end();
  }

  /** A pipe may be silent for any time; readings that a PNE already has may not. */
  private watchForStall(): void {
    clearTimeout(this.stallTimer);
    if (this.stopping) return;
    this.stallTimer = setTimeout(() => {
      if (this.ledger.missing().length === 0 || !this.options.once) return this.watchForStall();
      this.addProblem(`no reading arrived for ${STALL_MS / 1000} s; gave up`);
      this.end();
    }, STALL_MS);
  }

  private figuresOf(id: string): PneFigures {
    const figures = this.figures.find((candidate) => candidate.id === id);
    if (figures === undefined) throw new Error(`no PNE ${id} in this run`);
    return figures;
  }
}
