// SPDX-License-Identifier: Apache-2.0

/**
 * A hostile gateway: it has the keys of CPNS-1 and CPNS-2, so that what it relays is in its hands; or somebody between
 * it and the server, who has none. It drops what it chooses, holds back, replays, alters and invents.
 */
import { encodeRoute } from '../../src/link/route.ts';
import type { Chronicle } from './chronicle.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';
import { corrupted, type Passage, type Side, type Tap } from './wire.ts';

const MAX_KEPT = 32;
const MAX_FLOW = 8;

export interface Attacker {
  readonly tap: Tap;
  /** It lets go of what it still holds back, and relays as it should from then on. */
  rest(): void;
}

export interface AttackerOptions {
  readonly random: Random;
  readonly chronicle: Chronicle;
  readonly name: string;
  /** How often it does something to a message, from 0 to 1. */
  readonly zeal: number;
  /** The longest that it holds a message back. */
  readonly patienceMs: number;
  readonly timeline: Timeline;
  /** When it is to have let go of everything. */
  readonly endMs: number;
}

const MAX_HOSTAGES = 16;
/** After which it has let go of all that it held. */
const RELEASE_MS = 60_000;
interface Kept {
  readonly message: Uint8Array;
  readonly from: Side;
}

const KINDS = Object.freeze(['drop', 'hold', 'take hostage', 'replay', 'flip', 'invent'] as const);

export function createAttacker(options: AttackerOptions): Attacker {
  const { random, chronicle, name, zeal, patienceMs, timeline, endMs } = options;
  const kept: Kept[] = [];
  /** What is held until the end. */
  const hostages: (Kept & { readonly passage: Passage })[] = [];
  let isResting = false;

  function tap(passage: Passage, message: Uint8Array, from: Side): boolean {
    if (isResting) return true;
    kept.push({ message, from });
    if (kept.length > MAX_KEPT) kept.splice(random.whole(0, MAX_KEPT), 1);
    return !random.chance(zeal) || attack(passage, message, from);
  }

  function attack(passage: Passage, message: Uint8Array, from: Side): boolean {
    const kind = random.pick(KINDS);
    chronicle.fault(`hostile ${kind}`, name);
    const old = random.pick(kept);
    if (kind === 'drop') return false;
    if (kind === 'take hostage') hostages.push({ passage, message, from });
    if (hostages.length > MAX_HOSTAGES) hostages.shift();
    if (kind === 'hold') passage.inject(message, from, delayMs());
    if (kind === 'replay') passage.inject(old.message, old.from, delayMs());
    if (kind === 'flip') passage.inject(corrupted(message, random), from, 0);
    if (kind === 'invent') passage.inject(invented(message), from, 0);
    return kind !== 'hold' && kind !== 'take hostage';
  }

  function delayMs(): number {
    return random.whole(0, Math.max(0, Math.min(patienceMs, endMs - timeline.now)));
  }

  /** The same message in another flow, or anything at all. */
  function invented(message: Uint8Array): Uint8Array {
    const bytes = random.chance(0.5) ? message : new Uint8Array(random.whole(1, 80));
    if (bytes !== message) random.fill(bytes);
    return encodeRoute(random.whole(0, MAX_FLOW), bytes);
  }

  return {
    tap,
    rest(): void {
      isResting = true;
      for (const { passage, message, from } of hostages)
        passage.inject(message, from, random.whole(0, RELEASE_MS));
    },
  };
}
