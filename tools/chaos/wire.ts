// SPDX-License-Identifier: Apache-2.0

/** A link between two processes, through weather and past an attacker. */
import { PLAIN_STREAM } from '../../src/link/attestation.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { refuse } from '../../src/refusal.ts';
import type { Chronicle } from './chronicle.ts';
import type { Random } from './random.ts';
import type { Life, Timeline } from './timeline.ts';

/** How often something happens to a message, from 0 to 1. */
export interface Weather {
  loss: number;
  duplication: number;
  delay: number;
  reordering: number;
  corruption: number;
}

/** Where messages happen. */
export interface Ether {
  readonly timeline: Timeline;
  readonly chronicle: Chronicle;
  readonly random: Random;
  readonly weather: Weather;
}

export type Side = 0 | 1;

/** Where messages pass in two directions. */
export interface Passage {
  /** Puts a message before an end, as from the other. */
  inject(message: Uint8Array, from: Side, inMs: number): void;
}

/** Sees each message, and returns whether it passes. What it keeps it may send later with `inject`. */
export type Tap = (passage: Passage, message: Uint8Array, from: Side) => boolean;

export interface WireEnd {
  readonly life: Life;
  /** Adopts its end of a link that came up. */
  attach(link: Link): LinkEvents;
}

interface Attached {
  readonly end: WireEnd;
  readonly generation: number;
  events: LinkEvents | undefined;
  isOpen: boolean;
  /** When the last message that was in order arrives here. */
  lastArrival: number;
}

/** What a link's own liveness takes to find its peer gone (src/link/liveness.ts). */
const SILENCE_MS: readonly [number, number] = [45_000, 75_000];
/** In which a busy process hears several messages before it answers. */
const TURN_MS = 5;
const MAX_DELAY_MS = 30_000;
const MAX_REORDERING_MS = 500;

export class Wire implements Passage {
  private readonly ether: Ether;
  private readonly sides: readonly [Attached, Attached];
  private readonly tap: Tap | undefined;
  private readonly latencyMs: number;
  /** Nothing passes, and nobody has noticed yet. */
  private isDead = false;

  constructor(ether: Ether, accepting: WireEnd, connecting: WireEnd, tap?: Tap) {
    this.ether = ether;
    this.tap = tap;
    this.latencyMs = ether.random.whole(1, 120);
    this.sides = [sideOf(accepting), sideOf(connecting)];
    for (const side of [0, 1] as const) this.adopt(side);
  }

  /** Whether both ends have it and messages pass. */
  get isUp(): boolean {
    return !this.isDead && this.sides.every((side) => this.isThere(side));
  }

  /** Both ends learn that it is gone. */
  cut(): void {
    this.isDead = true;
    for (const side of [0, 1] as const) this.closeIn(this.ether.random.whole(0, 50), side);
  }

  /** Nothing passes any more; that the peer is silent shows after a while. */
  freeze(): void {
    this.isDead = true;
    for (const side of [0, 1] as const) this.closeIn(this.ether.random.whole(...SILENCE_MS), side);
  }

  /** Puts a message before an end, as an attacker on the way can. */
  inject(message: Uint8Array, from: Side, inMs: number): void {
    this.arriveIn(inMs, message, this.sides[from === 0 ? 1 : 0]);
  }

  private adopt(side: Side): void {
    const attached = this.sides[side];
    attached.events = attached.end.attach({
      attestation: () => PLAIN_STREAM,
      atTurnEnd: (work) => this.ether.timeline.in(TURN_MS, attached.end.life, work),
      send: (message) => this.send(message.slice(), side),
      close: () => this.close(side),
    });
  }

  private send(message: Uint8Array, from: Side): void {
    if (!this.sides[from].isOpen) refuse('linkClosed');
    if (this.isDead) return;
    if (this.tap !== undefined && !this.tap(this, message, from)) return;
    this.transmit(message, this.sides[from === 0 ? 1 : 0]);
  }

  private transmit(message: Uint8Array, target: Attached): void {
    const { timeline, weather } = this.ether;
    if (this.happens('loss', weather.loss)) return;
    const arrival = Math.max(timeline.now + this.latencyMs, target.lastArrival);
    const late = this.lateness();
    if (late === 0) target.lastArrival = arrival;
    this.arriveIn(arrival - timeline.now + late, this.weathered(message), target);
    if (!this.happens('duplication', weather.duplication)) return;
    this.arriveIn(arrival - timeline.now + this.ether.random.whole(0, MAX_REORDERING_MS), message, target);
  }

  private lateness(): number {
    const { random, weather } = this.ether;
    if (this.happens('delay', weather.delay)) return random.whole(0, MAX_DELAY_MS);
    return this.happens('reordering', weather.reordering) ? random.whole(1, MAX_REORDERING_MS) : 0;
  }

  private weathered(message: Uint8Array): Uint8Array {
    const { random, weather } = this.ether;
    return this.happens('corruption', weather.corruption) ? corrupted(message, random) : message;
  }

  private happens(kind: keyof Weather, probability: number): boolean {
    const happens = probability > 0 && this.ether.random.chance(probability);
    if (happens) this.ether.chronicle.count(kind);
    return happens;
  }

  private arriveIn(milliseconds: number, message: Uint8Array, target: Attached): void {
    this.ether.timeline.in(milliseconds, target.end.life, () => {
      if (!this.isDead) this.arrive(message, target);
    });
  }

  private arrive(message: Uint8Array, target: Attached): void {
    if (this.isThere(target)) target.events?.onMessage(message.slice());
  }

  private isThere({ end, generation, isOpen }: Attached): boolean {
    return isOpen && end.life.generation === generation;
  }

  /** The end hears of it later, as from a socket; its peer when it gets there. */
  private close(side: Side): void {
    this.closeIn(0, side);
    if (!this.isDead) this.closeIn(this.latencyMs, side === 0 ? 1 : 0);
  }

  private closeIn(milliseconds: number, side: Side): void {
    const attached = this.sides[side];
    this.ether.timeline.in(milliseconds, attached.end.life, () => {
      if (!this.isThere(attached)) return;
      attached.isOpen = false;
      attached.events?.onClosed();
    });
  }
}

function sideOf(end: WireEnd): Attached {
  return { end, generation: end.life.generation, events: undefined, isOpen: true, lastArrival: 0 };
}

/** One bit, one byte, or the end of it is another. */
export function corrupted(message: Uint8Array, random: Random): Uint8Array {
  const changed = message.slice(0, random.chance(0.2) ? random.whole(0, message.length) : message.length);
  if (changed.length > 0) changed[random.whole(0, changed.length - 1)]! ^= 1 << random.whole(0, 7);
  return changed;
}
