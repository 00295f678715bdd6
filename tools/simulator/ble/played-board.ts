// SPDX-License-Identifier: Apache-2.0

/** A simulated board on the air without a firmware: what its stack tells is looked at, and answered. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { encodeAdvertising, uuidBytes } from '../../../boards/linux/modules/advertising.ts';
import {
  decodeGattMessage,
  encodeGattMessage,
  type GattMessage,
  GattMessageType,
  OpenSecurity,
} from '../../../boards/linux/modules/gatt-message.ts';
import { BleUuid } from '../../../src/link/ble.ts';
import { encodeFrame, FrameAssembler } from '../../../src/link/frame.ts';
import { Mailbox } from '../../interop/ble/mailbox.ts';
import { bundleStack, startStack } from './stack-process.ts';

const PATIENCE_MS = 20_000;
/** Bits of a characteristic in the SDK: subscribe and write, encrypted or authenticated. */
const ENCRYPTED = [(1 << 15) | (1 << 4), (1 << 12) | (1 << 3)] as const;
const AUTHENTICATED = [(1 << 16) | (1 << 4), (1 << 13) | (1 << 3)] as const;

/** As SMP numbers them. */
export const Io = Object.freeze({
  display: '0',
  displayYesNo: '1',
  keyboard: '2',
  none: '3',
  keyboardDisplay: '4',
});

/** The stack of a simulated board, as it is, with this process for its firmware. */
export class PlayedBoard {
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

export interface PlayedBoardOptions {
  /** Holds its bonds. */
  readonly folder: string;
  /** Socket of its controller. */
  readonly controller: string;
  readonly address: string;
  /** SMP's number of what it has to show and to type with (`Io`). */
  readonly io: string;
  /** Whether it asks that a man in the middle is excluded. */
  readonly authenticated: 'yes' | 'no';
  /** What it advertises. */
  readonly services?: readonly string[];
}

/** Resolves when it advertises. */
export async function openPlayedBoard(options: PlayedBoardOptions): Promise<PlayedBoard> {
  const { folder, controller, address, io, authenticated, services = [BleUuid.service] } = options;
  const program = await bundleStack();
  const stack = await startStack({ program, folder, controller, address, mtu: 247 });
  const ended = new Promise((resolve) => stack.process.once('exit', resolve));
  const board = new PlayedBoard(folder, connect(stack.port, '127.0.0.1'), stack.lines, ended);
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
  const advertising = encodeAdvertising({ flags: 6, services });
  board.send(GattMessageType.advertise, [], [advertising, new Uint8Array(0)]);
  return board;
}
