// SPDX-License-Identifier: Apache-2.0

/** Runs a personal network: PNEs in XS processes, PN GW and CPNS Server here, readings from the input. */
import { join } from 'node:path';
import { checkCodeId } from '../../src/node/onboarding-code.ts';
import { after } from '../../src/node/timer.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Reading } from '../../src/roles/server-store.ts';
import { LiveTarget } from './attacks/live.ts';
import type { Taps } from './attacks/target.ts';
import { Distributor } from './distributor.ts';
import type { PneFigures } from './figures.ts';
import { groupMembers } from './group-members.ts';
import { GroupStory } from './group-story.ts';
import type { SkippedRow } from './input/row.ts';
import { Ledger, type MissingReading } from './ledger.ts';
import { type Network, startNetwork } from './network.ts';
import { RunNotes } from './notes.ts';
import { Population } from './population.ts';
import { refusalText } from './repeats.ts';
import type { RunControl, RunOptions, RunResult } from './run-options.ts';
import { openScratch } from './scratch.ts';

/** With readings on their way and none arriving for so long, a run gives up on them. */
const STALL_MS = 30_000;
/** Of one that is stopped: longer than a PNE waits before it sends again would be of no use to whoever waits. */
const DRAIN_MS = 3000;
/** With all readings there, the groups are given so long. */
const GROUPS_MS = 15_000;

export async function run(options: RunOptions): Promise<RunResult> {
  const scratch = openScratch();
  const simulation = new Simulation(options, scratch.folder);
  try {
    await simulation.start();
    await simulation.ended;
    await simulation.drain();
    await options.scenario?.settled();
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
  private readonly population: Population;
  private readonly ledger = new Ledger();
  private readonly notes = new RunNotes();
  private readonly agreements = new Map<string, Agreement>();
  private readonly distributor: Distributor;
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
    this.distributor = new Distributor(options.rows, (row) => this.skip(row));
    this.population = new Population({
      ...{ folder, boards: options.boards, ledger: this.ledger, distributor: this.distributor },
      network: () => this.network!,
      onFigures: () => this.progress(),
      onProblem: (problem) => this.addProblem(problem),
      onFailed: (error) => this.fail(error),
    });
    for (let number = 1; number <= options.pnes; number += 1) this.population.expect(`pne-${number}`);
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
    const { joining, radio, attackers } = this.options;
    const ids = this.figures.map(({ id }) => id);
    const provisioned = joining === undefined ? ids : ids.slice(0, -1);
    const network = await this.startNetwork(provisioned);
    provisioned.forEach((id, index) => {
      this.population.equip(id, network.provisioning[index]!);
    });
    for (const id of ids.slice(provisioned.length)) await this.invite(id);
    this.story = new GroupStory({
      ...{ network, population: this.population, say: this.options.onGroup },
      members: groupMembers(this.options.boards, network.keys, this.population),
      onProblem: (problem) => this.addProblem(problem),
      onDone: () => this.endWhenDone(),
    });
    this.story.start();
    await radio?.startGateway(join(this.folder, 'gateway'), after, network.attachPne);
    this.target = attackers && this.openToAttack(network, attackers.taps);
    if (this.options.stop.aborted) return;
    this.options.onNetwork?.(this.control(network));
    if (this.options.isOneByOne) this.startNext(0);
    else await Promise.all(ids.map((id) => this.startPne(id)));
    this.watchForStall();
  }

  private async startNetwork(pneIds: readonly string[]): Promise<Network> {
    const { options } = this;
    const { radio, joining, attackers, watcher, scenario } = options;
    this.network = await startNetwork({
      pneIds,
      algorithm: options.algorithm,
      intervalMs: options.intervalMs,
      onAgreed: (agreement) => this.agree(agreement),
      onReading: (id, reading) => this.receive(id, reading),
      onRefused: (reason, id, at) => {
        this.target?.refused({ reason, at, pne: id });
        this.countRefusal(reason, id);
      },
      ...(attackers !== undefined && { taps: attackers.taps }),
      ...(joining !== undefined && { onJoined: joining.onJoined }),
      ...watcher,
      scenario,
      onHolder: () => this.groupsChanged(),
      onServerLink: (isThere) => (isThere ? radio?.resume() : radio?.pause()),
    });
    return this.network;
  }

  private groupsChanged(): void {
    this.story?.proceed();
    this.options.onGroups?.();
  }

  private control(network: Network): RunControl {
    return {
      ...network,
      add: async (id) => {
        checkCodeId(id);
        this.population.expect(id);
        await this.invite(id);
        await this.startPne(id);
      },
      switchOff: (id) => this.population.remove(id),
    };
  }

  /** A PNE that joins by a code. */
  private async invite(id: string): Promise<void> {
    const { provisioning, code } = await this.network!.invite(id);
    this.population.equip(id, provisioning);
    this.options.joining?.onCode(id, code);
  }

  private startPne(id: string): Promise<void> {
    this.options.onStarted?.(id);
    return this.population.start(id);
  }

  private get figures(): readonly PneFigures[] {
    return this.population.figures;
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
      pnes: this.population.everyone,
      ...this.notes.result(),
      missing: isStopped ? this.ledger.changed : [...this.ledger.missing(), ...this.unsent()],
      underWay: isStopped ? this.ledger.underWay : 0,
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
    await this.population.stop();
    await this.options.radio?.close();
    await this.network?.close();
  }

  private openToAttack(network: Network, taps: Taps): LiveTarget {
    return new LiveTarget({
      ...{ network, taps, account: this.ledger },
      pneIds: this.figures.map(({ id }) => id),
      radio: this.options.radio,
      restart: (pne) => this.population.startAgain(pne),
      rollBack: (pne) => this.population.rollBack(pne),
    });
  }

  private startNext(index: number): void {
    const next = this.figures[index];
    if (next === undefined || this.stopping) return;
    this.onSecured = (id) => {
      if (id === next.id) this.startNext(index + 1);
    };
    void this.startPne(next.id);
  }

  private unsent(): MissingReading[] {
    return this.distributor.waiting.map(({ line }) => ({ line, problem: 'unsent' }));
  }

  private agree(agreement: Agreement): void {
    this.agreements.set(`${agreement.peer.subject} ${agreement.name}`, agreement);
    this.options.onAgreed(agreement);
    if (agreement.name !== 'CPNS-3') return;
    this.onSecured(agreement.peer.subject ?? '');
    const areAllSecured = this.figures.every(({ id }) => this.agreements.has(`${id} CPNS-3`));
    if (areAllSecured && this.target !== undefined) this.options.attackers?.begin(this.target);
  }

  private receive(id: string, reading: Reading): void {
    this.ledger.received(id, reading.id, reading.payload);
    const figures = this.population.figuresOf(id);
    figures.received = this.ledger.receivedOf(id);
    figures.sent = Math.max(figures.sent, figures.received);
    figures.last = reading.value;
    this.target?.arrived({ pne: id, reading });
    this.watchForStall();
    this.options.onReading?.(id, reading);
    this.options.onProgress(this.figures);
  }

  private progress(): void {
    this.options.onProgress(this.figures);
    this.story?.proceed();
    this.endWhenDone();
  }

  private skip(row: SkippedRow): void {
    this.notes.skipped(row);
    this.options.onSkipped(row);
  }

  /** Links that end with the run refuse what was on its way to them. */
  private countRefusal(reason: string, id: string | undefined): void {
    if (this.stopping) return;
    const figures = this.figures.find((each) => each.id === id);
    if (figures !== undefined) figures.refusedByServer += 1;
    const entity = id ?? 'gateway';
    this.notes.problem(refusalText(entity, reason));
    this.options.onRefused(entity, reason);
  }

  private addProblem(problem: string): void {
    this.notes.problem(problem);
    this.options.onProblem(problem);
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
}
