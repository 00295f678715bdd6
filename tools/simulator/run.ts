// SPDX-License-Identifier: Apache-2.0

/** Runs a personal network: PNEs in XS processes, PN GW and CPNS Server here, readings from the input. */
import { join } from 'node:path';
import { after } from '../../src/node/timer.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Reading } from '../../src/roles/server-store.ts';
import { LiveTarget } from './attacks/live.ts';
import type { Taps } from './attacks/target.ts';
import type { Board } from './board.ts';
import { Distributor } from './distributor.ts';
import { newFigures, type PneFigures } from './figures.ts';
import { GroupStory } from './group-story.ts';
import type { SkippedRow } from './input/row.ts';
import { Ledger, type MissingReading } from './ledger.ts';
import { type Network, startNetwork } from './network.ts';
import { PneLife } from './pne-life.ts';
import { refusalText } from './repeats.ts';
import type { RunOptions, RunResult } from './run-options.ts';
import { openScratch } from './scratch.ts';

/** With readings on their way and none arriving for so long, a run gives up on them. */
const STALL_MS = 30_000;
/** Of one that is stopped: longer than a PNE waits before it sends again would be of no use to whoever waits. */
const DRAIN_MS = 3000;
/** With all readings there, the groups are given so long. */
const GROUPS_MS = 15_000;
const MAX_PROBLEMS_KEPT = 20;
/** Skipped rows of which line and reason are kept. All are counted. */
const MAX_SKIPPED_KEPT = 1000;

export async function run(options: RunOptions): Promise<RunResult> {
  const scratch = openScratch();
  const simulation = new Simulation(options, scratch.folder);
  try {
    await simulation.start();
    await simulation.ended;
    await simulation.drain();
    return simulation.result();
  } finally {
    await simulation.stop();
    scratch.remove();
  }
}

class Simulation {
  /** Settles when the run is over; rejects where the input cannot be read. */
  readonly ended: Promise<void>;
  private readonly options: RunOptions;
  /** Where stores and bonds lie. */
  private readonly folder: string;
  private readonly figures: PneFigures[];
  private readonly ledger = new Ledger();
  private readonly skipped: SkippedRow[] = [];
  private readonly problems: string[] = [];
  private readonly agreements = new Map<string, Agreement>();
  private readonly lives: PneLife[] = [];
  private readonly distributor: Distributor;
  private skippedCount = 0;
  private network: Network | undefined;
  private story: GroupStory | undefined;
  private target: LiveTarget | undefined;
  private groupsTimer: NodeJS.Timeout | undefined;
  private stallTimer: NodeJS.Timeout | undefined;
  private stopping = false;
  private end: () => void = () => {};
  private onSecured: (id: string) => void = () => {};
  private fail: (error: unknown) => void = () => {};

  constructor(options: RunOptions, folder: string) {
    this.options = options;
    this.folder = folder;
    this.figures = Array.from({ length: options.pnes }, (_, index) =>
      newFigures(`pne-${index + 1}`, this.boardOf(index)),
    );
    this.distributor = new Distributor(options.rows, (row) => this.skip(row));
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    // Whoever waits for it may not have come to that yet.
    this.ended.catch(() => undefined);
    if (options.stop.aborted) this.end();
    options.stop.addEventListener('abort', () => this.end());
  }

  async start(): Promise<void> {
    const pneIds = this.figures.map(({ id }) => id);
    for (const id of pneIds) this.ledger.add(id);
    const { radio } = this.options;
    const last = pneIds[pneIds.length - 1]!;
    const { joining, attackers } = this.options;
    this.network = await startNetwork({
      pneIds,
      ...(joining !== undefined && {
        joining: {
          pneId: last,
          onCode: (code) => joining.onCode(last, code),
          onJoined: () => joining.onJoined(last),
        },
      }),
      algorithm: this.options.algorithm,
      intervalMs: this.options.intervalMs,
      onAgreed: (agreement) => this.agree(agreement),
      onReading: (id, reading) => this.receive(id, reading),
      ...(attackers !== undefined && { taps: attackers.taps }),
      onRefused: (reason, id, at) => {
        this.target?.refused({ reason, at, pne: id });
        this.countRefusal(reason, id);
      },
      onHolder: () => this.story?.proceed(),
      onServerLink: (isThere) => (isThere ? radio?.resume() : radio?.pause()),
    });
    this.story = new GroupStory({
      pnes: this.figures,
      keys: this.network.keys,
      publish: this.network.publish,
      say: this.options.onGroup,
      onDone: () => this.endWhenDone(),
    });
    this.story.start();
    await radio?.startGateway(join(this.folder, 'gateway'), after, this.network.attachPne);
    this.lives.push(...this.figures.map((figures, index) => this.newLife(figures, index)));
    this.target = attackers && this.openToAttack(attackers.taps);
    if (this.options.stop.aborted) return;
    if (this.options.isOneByOne) this.startNext(0);
    else await Promise.all(this.lives.map((life) => life.start()));
    this.watchForStall();
  }

  /** Of a run that was stopped: waits a little for what is under way. */
  async drain(): Promise<void> {
    this.distributor.stop();
    if (!this.options.stop.aborted) return;
    const end = Date.now() + DRAIN_MS;
    while (this.ledger.underWay > 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
  }

  result(): RunResult {
    const isStopped = this.options.stop.aborted;
    return {
      pnes: this.figures,
      skipped: this.skipped,
      skippedCount: this.skippedCount,
      missing: isStopped ? this.ledger.changed : [...this.ledger.missing(), ...this.unsent()],
      underWay: isStopped ? this.ledger.underWay : 0,
      problems: this.problems,
      group: this.story?.group,
      isGroupShown: isStopped || this.story?.isDone === true,
      agreements: [...this.agreements.values()],
    };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.stallTimer);
    clearTimeout(this.groupsTimer);
    this.story?.stop();
    await Promise.all(this.lives.map((life) => life.stop()));
    await this.options.radio?.close();
    await this.network?.close();
  }

  private newLife(figures: PneFigures, index: number): PneLife {
    return new PneLife({
      board: this.boardOf(index),
      folder: join(this.folder, figures.id),
      provisioning: this.network!.provisioning[index]!,
      linePort: this.network!.linePort,
      figures,
      ledger: this.ledger,
      distributor: this.distributor,
      onRestart: () => this.network!.deliverInterval(figures.id),
      onFigures: () => this.progress(),
      onProblem: (problem) => this.addProblem(problem),
      onFailed: this.fail,
    });
  }

  private openToAttack(taps: Taps): LiveTarget {
    const ids = this.figures.map(({ id }) => id);
    return new LiveTarget({
      network: this.network!,
      taps,
      pneIds: ids,
      radio: this.options.radio,
      account: this.ledger,
      restart: (pne) => this.lives[ids.indexOf(pne)]!.startAgain(),
      rollBack: (pne) => this.lives[ids.indexOf(pne)]!.rollBack(),
    });
  }

  private startNext(index: number): void {
    const life = this.lives[index];
    if (life === undefined || this.stopping) return;
    this.onSecured = (id) => {
      if (id === this.figures[index]!.id) this.startNext(index + 1);
    };
    void life.start();
  }

  private unsent(): MissingReading[] {
    return this.distributor.waiting.map(({ line }) => ({ line, problem: 'unsent' }));
  }

  private boardOf(index: number): Board {
    const { boards } = this.options;
    return boards[index % boards.length]!;
  }

  private agree(agreement: Agreement): void {
    this.agreements.set(`${agreement.peer.subject} ${agreement.name}`, agreement);
    this.options.onAgreed(agreement);
    if (agreement.name !== 'CPNS-3') return;
    this.onSecured(agreement.peer.subject ?? '');
    const secured = [...this.agreements.values()].filter(({ name }) => name === 'CPNS-3');
    if (secured.length === this.figures.length && this.target !== undefined)
      this.options.attackers?.begin(this.target);
  }

  private receive(id: string, received: Reading): void {
    const { id: reading, payload, value } = received;
    this.ledger.received(id, reading, payload);
    const figures = this.figuresOf(id);
    figures.received = this.ledger.receivedOf(id);
    figures.sent = Math.max(figures.sent, figures.received);
    figures.last = value;
    this.target?.arrived({ pne: id, reading: received });
    this.watchForStall();
    this.options.onReading?.(id, reading, value);
    this.options.onProgress(this.figures);
  }

  private progress(): void {
    this.options.onProgress(this.figures);
    this.story?.proceed();
    this.endWhenDone();
  }

  private skip(row: SkippedRow): void {
    this.skippedCount += 1;
    if (this.skipped.length < MAX_SKIPPED_KEPT) this.skipped.push(row);
    this.options.onSkipped(row);
  }

  /** Links that end with the run refuse what was on its way to them. */
  private countRefusal(reason: string, id: string | undefined): void {
    if (this.stopping) return;
    const figures = this.figures.find((each) => each.id === id);
    if (figures !== undefined) figures.refusedByServer += 1;
    const entity = id ?? 'gateway';
    this.keepProblem(refusalText(entity, reason));
    this.options.onRefused(entity, reason);
  }

  private addProblem(problem: string): void {
    this.keepProblem(problem);
    this.options.onProblem(problem);
  }

  private keepProblem(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS_KEPT) this.problems.push(problem);
  }

  private endWhenDone(): void {
    const allLost = this.figures.every(({ lost }) => lost);
    const allDone = this.figures.every(({ done, lost }) => done || lost);
    if (allLost)
      this.addProblem(`no PNE is left; the input was read up to line ${this.distributor.lastLine}`);
    if (allLost) return this.end();
    if (!this.options.once || !allDone) return;
    if (this.story?.isDone) return this.end();
    this.groupsTimer ??= setTimeout(() => {
      this.addProblem(
        'a group did not come to its end: not every member has its key, or reads what is said to it',
      );
      this.end();
    }, GROUPS_MS);
  }

  /** A pipe may be silent for any time; readings that a PNE already has may not. */
  private watchForStall(): void {
    clearTimeout(this.stallTimer);
    if (this.stopping) return;
    this.stallTimer = setTimeout(() => {
      if (this.ledger.underWay === 0 || !this.options.once) return this.watchForStall();
      this.addProblem(
        `no reading arrived for ${STALL_MS / 1000} s; gave up, with the input read up to line ${this.distributor.lastLine}`,
      );
      this.end();
    }, STALL_MS);
  }

  private figuresOf(id: string): PneFigures {
    const figures = this.figures.find((candidate) => candidate.id === id);
    if (figures === undefined) throw new Error(`no PNE ${id} in this run`);
    return figures;
  }
}
