// SPDX-License-Identifier: Apache-2.0

import { connectTcp } from '../../../src/node/tcp.ts';
/** One attack on a network at work. What the attacker has put somewhere goes with its end. */
import { Reason as OwnReason } from '../../../src/refusal.ts';
import { Probe, type ProbeOptions } from './probe.ts';
import type { Strike } from './strike.ts';
import type { Direction, Watcher } from './tap.ts';
import type { Arrival, Refused, Taps, Target } from './target.ts';
import { happens, until } from './until.ts';

/** Something passes, or is refused, within this. */
const PATIENCE_MS = 20_000;

export class Attempt {
  readonly target: Target;
  /** What was refused meanwhile. */
  readonly refusals: Refused[] = [];
  private readonly endings: (() => void)[] = [];

  constructor(target: Target) {
    this.target = target;
    this.atEnd(target.onRefused((refused) => this.refusals.push(refused)));
  }

  end(): void {
    for (const end of this.endings.splice(0).reverse()) end();
  }

  atEnd(end: () => void): void {
    this.endings.push(end);
  }

  watch(place: keyof Taps, watcher: Watcher): void {
    this.atEnd(this.target.taps[place].watch(watcher));
  }

  /** Watches until the first message of that direction that `choose` wants; what that returns passes in its place. */
  async next(
    place: keyof Taps,
    direction: Direction,
    choose: (message: Uint8Array) => readonly Uint8Array[] | undefined,
  ): Promise<Uint8Array> {
    let chosen: Uint8Array | undefined;
    const stop = this.target.taps[place].watch((message, way) => {
      const passing = chosen === undefined && way === direction ? choose(message) : undefined;
      if (passing !== undefined) chosen = message;
      return passing;
    });
    this.atEnd(stop);
    this.target.nudge();
    await until(() => chosen !== undefined, PATIENCE_MS, 'no message passed');
    stop();
    return chosen!;
  }

  /** The next reading that arrives at the server. */
  async arrival(): Promise<Arrival> {
    let arrived: Arrival | undefined;
    this.atEnd(
      this.target.onArrival((arrival) => {
        arrived ??= arrival;
      }),
    );
    await until(() => arrived !== undefined, PATIENCE_MS, 'no reading arrived');
    return arrived!;
  }

  /** Connects a PNE to the gateway, with somebody on its link. */
  async connect(options: Partial<ProbeOptions> = {}, watcher?: Watcher): Promise<Probe> {
    const { provider, gateway, server, visitor, gatewayPort } = this.target;
    const probe = new Probe({ provider, gateway, server, identity: visitor, ...options });
    if (watcher !== undefined) probe.tap.watch(watcher);
    this.atEnd(() => probe.close());
    await connectTcp(gatewayPort, (link) => probe.attach(link));
    return probe;
  }

  /** Waits for the network to refuse what was done to it at that interface. */
  async refusal(
    at: string,
    lines: readonly string[],
    isIt = (_: Refused) => true,
    patienceMs = PATIENCE_MS,
  ): Promise<Strike> {
    const find = () => this.refusals.find((each) => each.at === at && isIt(each));
    await happens(() => find() !== undefined, patienceMs);
    const refused = find();
    if (refused === undefined) return { isHeld: false, lines: [...lines, 'nobody refused it'] };
    const { reason } = refused;
    return { isHeld: true, reason: { name: reason, number: OwnReason[reason] }, lines };
  }
}
