// SPDX-License-Identifier: Apache-2.0

/**
 * Devices on one air, each a process with a folder of its own: the gateway's central, the stack of a simulated
 * board, with this process as the board's firmware, and attackers.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encodeAdvertising, uuidBytes } from '../../../boards/linux/modules/advertising.ts';
import {
  decodeGattMessage,
  encodeGattMessage,
  type GattMessage,
  GattMessageType,
  OpenSecurity,
  SecuredFlag,
} from '../../../boards/linux/modules/gatt-message.ts';
import { Mailbox } from '../../../tools/interop/ble/mailbox.ts';
import type { End, Values } from '../../../tools/interop/end.ts';
import { startProcessEnd } from '../../../tools/interop/process-end.ts';
import { bundleBleProgram, bundleStack, startStack } from '../../../tools/simulator/ble/stack-process.ts';
import { parseAddress } from '../../../tools/simulator/controller/address.ts';
import { Air } from '../../../tools/simulator/controller/air/air.ts';
import { startPacing } from '../../../tools/simulator/controller/air/pacing.ts';
import { seededRandom } from '../../../tools/simulator/controller/hand-host.testing.ts';
import { type ControllerServer, serveController } from '../../../tools/simulator/controller/server.ts';
import { BleUuid } from '../../link/ble.ts';
import { encodeFrame, FrameAssembler } from '../../link/frame.ts';

/** Seconds of the air in one of the wall. */
const SPEED = 32;
const PATIENCE_MS = 20_000;
/** Bits of a characteristic in the SDK: subscribe and write, encrypted or authenticated. */
const ENCRYPTED = [(1 << 15) | (1 << 4), (1 << 12) | (1 << 3)] as const;
const AUTHENTICATED = [(1 << 16) | (1 << 4), (1 << 13) | (1 << 3)] as const;
const DOWNLINK = 1;

export const GATEWAY = 'C0:00:00:00:00:01';
export const PNE = 'C0:00:00:00:00:02';
export const ATTACKER = 'C0:00:00:00:00:03';

/** As SMP numbers them. */
export const Io = Object.freeze({
  display: '0',
  displayYesNo: '1',
  keyboard: '2',
  none: '3',
  keyboardDisplay: '4',
});

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
  board(options: DeviceOptions): Promise<TestBoard>;
  /** `options`: those of `open` in attacker.testing.ts, and where its keys lie if not where others' do. */
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
    const args = [await bundleProgram(name)];
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
        const board = await openBoard(cwd, socket, address, options);
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

/** The firmware of a board, played by the test. */
export class TestBoard {
  /** By kind, what has happened: `secured`, `passkey`, `value`, `refused` and so on. */
  readonly mail = new Mailbox<readonly (string | number)[]>();
  /** Holds its bonds. */
  readonly folder: string;
  private readonly socket: Socket;
  private readonly ended: Promise<unknown>;
  private readonly counts = new Map<string, number>();
  /** Of the last connection that was secured. */
  channelBinding: Uint8Array | undefined;
  private connection = 0;

  constructor(folder: string, socket: Socket, lines: NodeJS.ReadableStream, ended: Promise<unknown>) {
    this.folder = folder;
    this.socket = socket;
    this.ended = ended;
    const assembler = new FrameAssembler((bytes) => this.receive(decodeGattMessage(bytes)));
    socket.on('data', (bytes) => assembler.push(bytes));
    socket.on('error', () => undefined);
    createInterface({ input: lines }).on('line', (line) => this.mail.put('refused', [line]));
  }

  take(kind: string): Promise<readonly (string | number)[]> {
    return this.mail.take(kind, PATIENCE_MS);
  }

  /** How many of a kind have come, taken or not. */
  count(kind: string): number {
    return this.counts.get(kind) ?? 0;
  }

  send(type: number, numbers: readonly number[] = [], values: readonly Uint8Array[] = []): void {
    this.socket.write(encodeFrame(encodeGattMessage({ type, numbers, values })));
  }

  /** Answers a question about a passkey: the number that was typed, or 1 for the same. */
  reply(value: number): void {
    this.send(GattMessageType.reply, [this.connection, value]);
  }

  /** Notifies on the uplink. */
  notify(value: Uint8Array): void {
    this.send(GattMessageType.notify, [this.connection, 0], [value]);
  }

  /** As when the power goes. */
  async close(): Promise<void> {
    this.socket.destroy();
    await this.ended;
  }

  private receive({ type, numbers, values }: GattMessage): void {
    if (type === GattMessageType.connected) this.connection = numbers[0]!;
    if (type === GattMessageType.secured) this.channelBinding = values[0]!.slice();
    if (type === GattMessageType.value) this.send(GattMessageType.written, [numbers[0]!]);
    const kind = Object.entries(GattMessageType).find(([, known]) => known === type)![0];
    this.counts.set(kind, this.count(kind) + 1);
    const shown =
      type === GattMessageType.secured ? [] : values.map((value) => Buffer.from(value).toString('hex'));
    this.mail.put(kind, [...numbers.slice(1), ...shown]);
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
export async function introduce(gateway: End, board: TestBoard): Promise<void> {
  await gateway.ask({ do: 'take', kind: 'type' });
  const [, passkey] = await board.take('passkey');
  await gateway.ask({ do: 'type', passkey: String(passkey) });
  await gateway.ask({ do: 'take', kind: 'link' });
  await board.take('secured');
}

async function openBoard(
  folder: string,
  controller: string,
  address: string,
  { io, authenticated }: DeviceOptions,
): Promise<TestBoard> {
  const program = await bundleStack();
  const stack = await startStack({ program, folder, controller, address, mtu: 247 });
  const ended = new Promise((resolve) => stack.process.once('exit', resolve));
  const board = new TestBoard(folder, connect(stack.port, '127.0.0.1'), stack.lines, ended);
  const isAuthenticated = authenticated === 'yes';
  const security =
    OpenSecurity.bond |
    OpenSecurity.immediate |
    (isAuthenticated ? OpenSecurity.authenticate : 0) |
    (Number(io) << OpenSecurity.ioShift);
  const properties = isAuthenticated ? AUTHENTICATED : ENCRYPTED;
  const uuids = [BleUuid.service, BleUuid.uplink, BleUuid.downlink].map(uuidBytes);
  board.send(GattMessageType.open, [247, security, ...properties], uuids);
  await board.take('ready');
  const advertising = encodeAdvertising({ flags: 6, services: [BleUuid.service] });
  board.send(GattMessageType.advertise, [], [advertising, new Uint8Array(0)]);
  return board;
}

function bundleProgram(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`${name}.testing.ts`, import.meta.url));
  return bundleBleProgram(entry, `ble-${name}.testing`);
}
