// SPDX-License-Identifier: Apache-2.0

/** Where attacks are launched: one at a time, in the order in which they were asked for. */
import type { AttackView } from '../../../src/node/page/state.ts';
import type { Attack } from './attack.ts';
import { Attempt } from './attempt.ts';
import { clauseOf, readSpec } from './clauses.ts';
import type { Strike } from './strike.ts';
import { LinkTap } from './tap.ts';
import type { Taps, Target } from './target.ts';
import { Witness } from './witness.ts';

/** Of one, or it has failed. */
const STRIKE_MS = 60_000;
/** Until a network is at work. */
const BEGIN_MS = 120_000;
const MAX_WAITING = 100;

const NOTHING = Object.freeze({ reason: undefined, lines: [], fared: undefined, control: '' });

export class AttackDesk {
  readonly taps: Taps = { wire: new LinkTap(), relay: new LinkTap() };
  private readonly attacks: readonly Attack[];
  private readonly onChange: (view: AttackView) => void;
  private readonly shown = new Map<string, AttackView>();
  private readonly ready: Promise<Target>;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private begun: (target: Target) => void = () => undefined;

  constructor(attacks: readonly Attack[], onChange: (view: AttackView) => void) {
    this.attacks = attacks;
    this.onChange = onChange;
    const spec = readSpec();
    for (const attack of attacks) this.shown.set(attack.name, viewOf(attack, spec));
    this.ready = new Promise((resolve) => {
      this.begun = resolve;
    });
  }

  get views(): readonly AttackView[] {
    return [...this.shown.values()];
  }

  /** The network is at work. Attacks wait for that. */
  begin(target: Target): void {
    this.begun(target);
  }

  /** Resolves with what came of it, once those before it are done. Throws at once where it is not to be had. */
  launch(name: string): Promise<AttackView> {
    const attack = this.attacks.find((each) => each.name === name);
    if (attack === undefined) throw new Error(`no attack ${name}: there are ${this.names.join(', ')}`);
    if (this.waiting >= MAX_WAITING) throw new Error(`${MAX_WAITING} attacks wait already: wait for them`);
    this.waiting += 1;
    this.show(name, { status: 'waiting' });
    const run = this.last.then(() => this.run(attack));
    this.last = run;
    return run;
  }

  private get names(): string[] {
    return this.attacks.map(({ name }) => name);
  }

  private async run(attack: Attack): Promise<AttackView> {
    this.waiting -= 1;
    try {
      const target = await within(BEGIN_MS, this.ready, 'not all PNEs are secured yet');
      this.show(attack.name, { status: 'under way', ...NOTHING });
      return this.show(attack.name, await outcomeOf(attack, target));
    } catch (error) {
      return this.show(attack.name, { status: 'failed', ...NOTHING, lines: [(error as Error).message] });
    }
  }

  private show(name: string, change: Partial<AttackView>): AttackView {
    const view = { ...this.shown.get(name)!, ...change };
    this.shown.set(name, view);
    this.onChange(view);
    return view;
  }
}

/** Throws where the network could not be attacked, or the control shows nothing. */
async function outcomeOf(attack: Attack, target: Target): Promise<Partial<AttackView>> {
  const witness = new Witness(target);
  try {
    const { isHeld, reason, lines } = await strike(attack, target);
    const fared = await witness.settle();
    const isWhole = fared.lost + fared.doubled + fared.altered === 0;
    const status = isHeld && isWhole ? 'refused' : 'succeeded';
    return { status, reason, lines, fared, control: await attack.control() };
  } finally {
    witness.stop();
  }
}

async function strike(attack: Attack, target: Target): Promise<Strike> {
  const attempt = new Attempt(target);
  try {
    return await within(STRIKE_MS, attack.strike(attempt), 'the attack came to nothing');
  } finally {
    attempt.end();
  }
}

/** Throws where it takes longer. */
async function within<Result>(milliseconds: number, work: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: waited ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function viewOf({ name, title, does, clause }: Attack, spec: string): AttackView {
  const { id, asks } = clauseOf(clause, spec);
  return { name, title, does, clause: id, asks, status: 'ready', ...NOTHING };
}
