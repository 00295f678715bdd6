// SPDX-License-Identifier: Apache-2.0

import type { KeyLimits } from './cryptography.ts';
/** What a seed makes of a run: who is there, how long, and which faults come how often. */
import { FAULT_NAMES, type FaultName } from './fault-names.ts';
import type { Random } from './random.ts';
import type { Weather } from './wire.ts';

export interface Scenario {
  readonly pnes: number;
  readonly gateways: number;
  /** How long faults come. */
  readonly troubledMs: number;
  /** Readings of each device in that time. */
  readonly readings: number;
  readonly contents: number;
  readonly weather: Weather;
  /** How often each fault comes. */
  readonly faults: readonly FaultName[];
  readonly hostile: { readonly zeal: number } | undefined;
  readonly limits: KeyLimits | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below it a PNE has had no time to make new keys. */
const LOW_LIMITS: KeyLimits = Object.freeze({ maxSealed: 400, maxFailed: 24 });

/** Each run has some kinds of faults only: where all come at once, many hide what one of them does. */
export function drawScenario(random: Random, loss: number | undefined): Scenario {
  const names = FAULT_NAMES.filter(() => random.chance(0.4));
  const count = names.length === 0 ? 0 : random.whole(2, 24);
  return {
    pnes: random.whole(1, 3),
    gateways: random.whole(1, 2),
    troubledMs: random.pick([
      5 * MINUTE_MS,
      20 * MINUTE_MS,
      2 * HOUR_MS,
      12 * HOUR_MS,
      2 * DAY_MS,
      7 * DAY_MS,
    ]),
    readings: random.whole(10, random.chance(0.1) ? 500 : 80),
    contents: random.whole(0, 20),
    weather: drawWeather(random, loss),
    faults: Array.from({ length: count }, () => random.pick(names)),
    hostile: random.chance(0.25) ? { zeal: random.pick([0.01, 0.05, 0.2]) } : undefined,
    limits: random.chance(0.15) ? LOW_LIMITS : undefined,
  };
}

function drawWeather(random: Random, loss: number | undefined): Weather {
  const draw = () => (random.chance(0.5) ? 0 : random.pick([0.005, 0.02, 0.05, 0.15]));
  const weather = {
    loss: draw(),
    duplication: draw(),
    delay: draw(),
    reordering: draw(),
    corruption: draw(),
  };
  return loss === undefined ? weather : { ...weather, loss };
}

/** No weather at all. */
export function calm(weather: Weather): void {
  for (const kind of Object.keys(weather) as (keyof Weather)[]) weather[kind] = 0;
}
