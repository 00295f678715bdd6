// SPDX-License-Identifier: Apache-2.0

/** One run, from its seed to its verdict. */
import type { SeededProviders } from './cryptography.ts';
import { befall } from './faults.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { Random } from './random.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { Violation } from './violation.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  /** Probability that a message is lost, for all links; otherwise the seed says. */
  readonly loss: number | undefined;
  /** Whether the trace begins at the beginning. */
  readonly keepsTrace: boolean;
}

export interface Verdict {
  readonly seed: number;
  /** undefined where all is well. */
  readonly failure: string | undefined;
  /** What happened last, one event a line, where it failed or was asked for. */
  readonly trace: readonly string[];
  readonly simulatedMs: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly delivered: number;
}

/**
 * What the limits imply for everybody to be connected again: a link's silence, a place at a gateway that ends, a
 * pause before the next link, two handshakes that are given up and begun again, a longest pause between two sendings.
 */
const RECOVERY_MS = 15 * 60_000;
/** A network in order delivers within this. */
const PROBE_MS = 60_000;
/** Half-open handshakes and whatever else is held for a time is gone then. */
const REST_MS = 10 * 60_000;
const MAX_EVENTS = 3_000_000;
/** AEAD keys at each end of each interface: two directions, of keys in use and of those that follow. */
const KEYS_PER_INTERFACE = 4;
const MAX_INTERFACES = 2;

export function run({ seed, loss, keepsTrace }: RunOptions, providers: SeededProviders): Verdict {
  const random = new Random(seed * 0x9e3779b1);
  const scenario = drawScenario(random, loss);
  const world = new World(random, scenario, keepsTrace, providers);
  const failure = failureOf(world, scenario);
  return {
    seed,
    failure,
    trace: failure === undefined && !keepsTrace ? [] : world.chronicle.trace,
    simulatedMs: world.timeline.now,
    faults: world.chronicle.faults,
    delivered: world.witness.delivered,
  };
}

function failureOf(world: World, scenario: Scenario): string | undefined {
  try {
    pass(world, scenario);
    return undefined;
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    world.chronicle.note('the world', `FAILS: ${error.message}`);
    return error.message;
  }
}

function pass(world: World, { troubledMs }: Scenario): void {
  const { timeline } = world;
  const passFor = (milliseconds: number) => timeline.runUntil(timeline.now + milliseconds, MAX_EVENTS);
  world.start((fault) => befall(world, fault));
  passFor(troubledMs);
  world.calm();
  // A PNE that says nothing notices only within the hour that a clone took its place at the server.
  for (const device of world.devices) device.report();
  passFor(RECOVERY_MS);
  checkSettled(world, 'is not settled long after the faults');
  for (const { pneId } of world.devices) world.server.deliver(pneId);
  passFor(PROBE_MS);
  checkSettled(world, 'is not settled in a network in order');
  for (const device of world.devices) device.report();
  passFor(PROBE_MS);
  checkSettled(world, 'is not settled in a network in order');
  passFor(REST_MS);
  checkLevel(world);
}

function checkSettled({ witness, server, devices, gateways }: World, what: string): void {
  const stored = new Set(devices.flatMap(({ pneId }) => server.queued(pneId)));
  for (const name of witness.unsettled) if (!stored.has(name)) witness.concludeContent(name);
  const [first, ...rest] = witness.unsettled;
  if (first !== undefined) throw new Violation(`${first} ${what}, nor are ${rest.length} more`);
  const busy = devices.find((device) => !device.isIdle || !device.isEmpty);
  if (busy !== undefined) throw new Violation(`${busy.life.name} still waits for receipts`);
  const told = ({ withdrawn }: GatewayProcess) =>
    [...server.withdrawn].every((pneId) => withdrawn.has(pneId));
  const untold = gateways.find((gateway) => !told(gateway));
  if (untold !== undefined) throw new Violation(`${untold.life.name} is not told of a PNE that is withdrawn`);
}

/** Memory, timers and keys are back to their level. */
function checkLevel({ lives, devices, gateways }: World): void {
  const most = KEYS_PER_INTERFACE * Math.max(MAX_INTERFACES, devices.length + gateways.length);
  const pnes = new Set(devices.map(({ life }) => life));
  for (const life of lives) {
    const { name, timers, keys } = life;
    // A PNE has the one by which it asks for a sign of life of the server.
    if (timers.size > (pnes.has(life) ? 1 : 0))
      throw new Violation(`${name} has ${timers.size} timers at rest`);
    if (keys > most) throw new Violation(`${name} has ${keys} keys at rest, more than ${most}`);
  }
}
