// SPDX-License-Identifier: Apache-2.0

/**
 * Devices on one air, each a process with a folder of its own: the gateway's central, the stack of a simulated
 * board, with this process as the board's firmware, and attackers.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SecuredFlag } from '../../../boards/linux/modules/gatt-message.ts';
import type { End, Values } from '../../../tools/interop/end.ts';
import { startProcessEnd } from '../../../tools/interop/process-end.ts';
import { Io, openPlayedBoard, type PlayedBoard } from '../../../tools/simulator/ble/played-board.ts';
import { bundleBleProgram } from '../../../tools/simulator/ble/stack-process.ts';
import { bundleStranger } from '../../../tools/simulator/ble/strangers.ts';
import { parseAddress } from '../../../tools/simulator/controller/address.ts';
import { Air } from '../../../tools/simulator/controller/air/air.ts';
import { startPacing } from '../../../tools/simulator/controller/air/pacing.ts';
import { seededRandom } from '../../../tools/simulator/controller/hand-host.testing.ts';
import { type ControllerServer, serveController } from '../../../tools/simulator/controller/server.ts';

/** Seconds of the air in one of the wall. */
const SPEED = 32;
const DOWNLINK = 1;

export { Io, type PlayedBoard };

export const GATEWAY = 'C0:00:00:00:00:01';
export const PNE = 'C0:00:00:00:00:02';
export const ATTACKER = 'C0:00:00:00:00:03';

export interface DeviceOptions {
  readonly io: string;
  readonly authenticated: 'yes' | 'no';
  /** Whose address it has, if not its own: an impostor has another's. */
  readonly address?: string;
  /** Of a gateway: where its keys and bonds lie, if not where they did before. */
  readonly folder?: string;
  /** Where a gateway's process ends in the middle of a pairing: a key goes to its controller, or was used. */
  readonly dies?: 'encrypting' | 'encrypted';
  /** Where a gateway's bonds are full. */
  readonly maxBonds?: string;
}

/** The victims: as they are, and where the floor lets anybody pair. */
export const BOARD: DeviceOptions = { io: Io.display, authenticated: 'yes' };
export const OPEN_BOARD: DeviceOptions = { io: Io.display, authenticated: 'no' };
export const GATEWAY_SIDE: DeviceOptions = { io: Io.keyboardDisplay, authenticated: 'yes' };
export const OPEN_GATEWAY: DeviceOptions = { io: Io.keyboardDisplay, authenticated: 'no' };

export interface Devices {
  readonly air: Air;
  gateway(options: DeviceOptions): Promise<End>;
  board(options: DeviceOptions): Promise<PlayedBoard>;
  /** `options`: those of `open` in tools/simulator/ble/stranger.ts, and where its keys lie if not where others' do. */
  attacker(options: Values): Promise<End>;
}

/** Has devices for one test, and ends them. */
export async function withDevices(run: (devices: Devices) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'ble-gate-'));
  const air = new Air(seededRandom(root));
  const pacing = startPacing(air.clock, SPEED);
  const controllers = new Map<string, ControllerServer>();
  const started: { close(): Promise<void> }[] = [];

  /** A controller of each folder and address: two devices of one address may be on the air. */
  async function place(folder: string, address: string): Promise<{ cwd: string; socket: string }> {
    const cwd = join(root, folder);
    const socket = join(root, `${folder}-${address.replaceAll(':', '')}`);
    await mkdir(cwd, { recursive: true });
    if (!controllers.has(socket))
      controllers.set(socket, await serveController({ air, address: parseAddress(address), path: socket }));
    return { cwd, socket };
  }

  async function start(name: string, address: string, { folder = name, ...options }: Values): Promise<End> {
    const { cwd, socket } = await place(folder, address);
    const args = [await (name === 'attacker' ? bundleStranger() : bundleProgram(name))];
    const end = startProcessEnd({ name, command: process.execPath, args, cwd });
    started.push(end);
    await end.ask({ ...options, do: 'open', socket, address });
    return end;
  }

  try {
    await run({
      air,
      gateway: ({ address = GATEWAY, ...options }) => start('gateway', address, { ...options }),
      attacker: ({ address = ATTACKER, ...options }) => start('attacker', address, options),
      async board({ address = PNE, ...options }) {
        const { cwd, socket } = await place('board', address);
        const board = await openPlayedBoard({ ...options, folder: cwd, controller: socket, address });
        started.push(board);
        return board;
      },
    });
  } finally {
    for (const device of started) await device.close();
    for (const controller of controllers.values()) await controller.close();
    pacing.stop();
    await rm(root, { recursive: true });
  }
}

/** What `secured` says where flags are these. */
export function securedAs(...flags: (keyof typeof SecuredFlag)[]): readonly number[] {
  return [flags.reduce((sum, flag) => sum | SecuredFlag[flag], 0), 16];
}

/** What `value` says of a write to the downlink. */
export function written(hex: string): readonly (string | number)[] {
  return [DOWNLINK, hex];
}

/** Gateway and PNE pair by passkey. */
export async function introduce(gateway: End, board: PlayedBoard): Promise<void> {
  await gateway.ask({ do: 'take', kind: 'type' });
  const [, passkey] = await board.take('passkey');
  await gateway.ask({ do: 'type', passkey: String(passkey) });
  await gateway.ask({ do: 'take', kind: 'link' });
  await board.take('secured');
}

function bundleProgram(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`${name}.testing.ts`, import.meta.url));
  return bundleBleProgram(entry, `ble-${name}.testing`);
}
