// SPDX-License-Identifier: Apache-2.0

/** What befalls processes, stores and links, by name. */
import type { StoreMood } from './boot-file.ts';
import type { Device } from './device.ts';
import type { FaultName } from './fault-names.ts';
import type { World } from './world.ts';

/** Longest time that something is out of order. */
const MAX_OUTAGE_MS = 10 * 60_000;
const MAX_CLOCK_JUMP_MS = 3_600_000;
const MAX_CLOCK_DELAY_MS = 60_000;

type Fault = (world: World) => void;

const FAULTS: Readonly<Record<FaultName, Fault>> = Object.freeze({
  cut(world) {
    const wire = world.random.pick(world.wires);
    wire?.cut();
  },
  'half-open link'(world) {
    const wire = world.random.pick(world.wires);
    wire?.freeze();
  },
  roaming: (world) => world.anyDevice().roam(world.random.chance(0.5)),
  'PNE restarts': (world) => world.anyDevice().restart(),
  'gateway restarts': (world) => world.random.pick(world.gateways).restart(world.wires),
  'server restarts': (world) => world.server.restart(world.wires),
  'everybody restarts'(world) {
    world.server.restart(world.wires);
    for (const gateway of world.gateways) gateway.restart(world.wires);
    for (const device of world.devices) device.restart();
  },
  'PNE store rolled back': (world) =>
    mistreat(world, world.anyDevice(), ({ file }) => file.rollBack(world.random.whole(1, 5))),
  'PNE store erased': (world) => mistreat(world, world.anyDevice(), ({ file }) => file.erase()),
  'PNE store corrupt': (world) =>
    mistreat(world, world.anyDevice(), ({ file }) =>
      file.corrupt(world.random.pick([-1, NaN, 1e15, 2 ** 32])),
    ),
  'PNE store full': (world) => spoil(world, world.anyDevice().file, 'full'),
  'PNE store torn': (world) => spoil(world, world.anyDevice().file, 'torn'),
  'server store rolled back': (world) =>
    world.server.restore(world.random.pick(world.snapshots), world.wires),
  'server store erased': (world) => world.server.restore(new Map(), world.wires),
  'server store full': (world) => spoil(world, world.server.database, 'full'),
  'server store torn': (world) => spoil(world, world.server.database, 'torn'),
  'clock ahead': (world) =>
    world.timeline.jump(world.random.pick(world.lives), world.random.whole(1000, MAX_CLOCK_JUMP_MS)),
  'clock behind': (world) =>
    world.timeline.jump(world.random.pick(world.lives), -world.random.whole(1000, MAX_CLOCK_DELAY_MS)),
  'stopped process'(world) {
    world.random.pick(world.lives).stoppedUntil = world.outageEnd(MAX_OUTAGE_MS);
  },
  clone: (world) => world.clone(world.anyDevice(), world.outageEnd(2 * MAX_OUTAGE_MS)),
  'PNE withdrawn': (world) => world.server.withdraw(),
  burst(world) {
    const device = world.anyDevice();
    for (let i = 0; i < 12; i++) device.report();
    for (let i = 0; i < 8; i++) world.server.deliver(device.pneId);
  },
});

export function befall(world: World, name: FaultName): void {
  FAULTS[name](world);
}

/** A device is found with another store when it starts. */
function mistreat(world: World, device: Device, change: (device: Device) => void): void {
  world.witness.confuse(device.pneId);
  device.restart();
  change(device);
}

function spoil(world: World, store: { mood: StoreMood }, mood: StoreMood): void {
  store.mood = mood;
  world.timeline.in(world.outageEnd(MAX_OUTAGE_MS) - world.timeline.now, undefined, () => {
    store.mood = 'good';
  });
}
