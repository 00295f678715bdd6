// SPDX-License-Identifier: Apache-2.0

/** One PNE and its network, with a tap in the line between PNE and gateway. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { ImplementationLimits } from '../../src/limits.ts';
import { LineFrameKind, LineFrameReader } from '../../src/link/line-frame.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import type { Board } from '../simulator/board.ts';
import { startNetwork } from '../simulator/network.ts';
import { type PneProcess, startPneProcess } from '../simulator/pne-process.ts';
import { CheckFailure } from './tally.ts';

const PNE_ID = 'pne-1';
const PACE: Pace = Object.freeze({ timeoutMs: 60_000, intervalMs: 50 });

export interface Pace {
  /** How long all may take. */
  readonly timeoutMs: number;
  /** Between two readings. */
  readonly intervalMs: number;
}

export interface Wire {
  /** Interfaces that were secured since the start. */
  readonly agreements: number;
  /** Messages that the PNE has refused since its start. */
  readonly refusedByPne: number;
  /** What the gateway sent last. */
  readonly lastToPne: Uint8Array;
  start(): Promise<void>;
  /** Ends the PNE and starts it with the store that it left. */
  restart(): Promise<void>;
  /** Puts bytes on the line. */
  toPne(bytes: Uint8Array): void;
  /** From now on, one chunk in so many loses or alters a byte, either way. */
  spoil(oneIn: number): void;
  /** Bytes that went wrong. */
  readonly spoiled: number;
  /** Cuts the line; the emulator joins it again. */
  break(): void;
  /** The id of the next reading at the server for which that holds. */
  reading(holds: (id: number) => boolean): Promise<number>;
  /** Waits for figures of the PNE with which that holds. */
  figures(holds: () => boolean): Promise<void>;
  /** Rejects when the PNE ends by itself or takes too long. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

export async function startWire(board: Board, folder: string, pace = PACE): Promise<Wire> {
  const events = new Waiters();
  const state = { agreements: 0, refusedByPne: 0, lastToPne: new Uint8Array() as Uint8Array };
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const timeout = setTimeout(() => fail(new CheckFailure('it took too long')), pace.timeoutMs);
  const network = await startNetwork({
    pneIds: [PNE_ID],
    algorithm: undefined,
    intervalMs: pace.intervalMs,
    onAgreed(): void {
      state.agreements += 1;
    },
    onReading: (_pneId, { id }) => events.tell('reading', id),
    onRefused(): void {},
    onHolder(): void {},
  });
  const provisioning = network.provisioning[0]!;
  const line = await startLine(network.linePort, (message) => {
    state.lastToPne = message;
  });
  let process: PneProcess | undefined;

  async function start(): Promise<void> {
    process = await startPneProcess({
      board,
      folder,
      provisioning,
      linePort: line.port,
      onSample: (count) => {
        const reading = { line: 1, payload: compactPayloads.encode({ n: 1 }) };
        for (let index = 0; index < count; index += 1) process?.give(reading);
      },
      onFigures: ({ refused }) => {
        state.refusedByPne = refused;
        events.tell('figures', 0);
      },
      onExit: (problem) => fail(new CheckFailure(`the PNE ended: ${problem}`)),
    });
  }

  return {
    get agreements(): number {
      return state.agreements;
    },
    get refusedByPne(): number {
      return state.refusedByPne;
    },
    get lastToPne(): Uint8Array {
      return state.lastToPne;
    },
    start,
    async restart(): Promise<void> {
      await process?.stop();
      network.deliverInterval(PNE_ID);
      await start();
    },
    toPne: (bytes) => line.pne?.write(bytes),
    spoil(oneIn): void {
      line.spoil.oneIn = oneIn;
    },
    get spoiled(): number {
      return line.spoil.count;
    },
    break: () => line.pne?.destroy(),
    reading: (holds) => events.wait('reading', holds),
    figures: async (holds) => void (await events.wait('figures', holds)),
    failed,
    async close(): Promise<void> {
      clearTimeout(timeout);
      await process?.stop();
      line.close();
      await network.close();
    },
  };
}

/** Who waits for what. */
class Waiters {
  private waiting: { kind: string; holds(value: number): boolean; resolve(value: number): void }[] = [];

  wait(kind: string, holds: (value: number) => boolean): Promise<number> {
    return new Promise((resolve) => this.waiting.push({ kind, holds, resolve }));
  }

  tell(kind: string, value: number): void {
    for (const waiter of [...this.waiting]) {
      if (waiter.kind !== kind || !waiter.holds(value)) continue;
      this.waiting = this.waiting.filter((other) => other !== waiter);
      waiter.resolve(value);
    }
  }
}

interface Spoil {
  /** One chunk in so many; 0 is none. */
  oneIn: number;
  chunks: number;
  count: number;
}

interface Line {
  readonly spoil: Spoil;
  readonly port: number;
  /** The PNE's end. */
  readonly pne: Socket | undefined;
  close(): void;
}

/** Joins each connection of a PNE to the gateway, and looks at the messages that come back. */
async function startLine(gatewayPort: number, onMessage: (message: Uint8Array) => void): Promise<Line> {
  let pne: Socket | undefined;
  const spoil: Spoil = { oneIn: 0, chunks: 0, count: 0 };
  const server = createServer((socket) => {
    pne = socket;
    const gateway = connect(gatewayPort, '127.0.0.1');
    const reader = new LineFrameReader(ImplementationLimits.linkMaxMessageBytes, (kind, body) => {
      if (kind === LineFrameKind.message) onMessage(body.slice());
    });
    gateway.on('data', (bytes) => reader.push(bytes));
    join(socket, gateway, spoil);
    join(gateway, socket, spoil);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    spoil,
    port: (server.address() as AddressInfo).port,
    get pne(): Socket | undefined {
      return pne;
    },
    close(): void {
      pne?.destroy();
      server.close();
    },
  };
}

function join(from: Socket, to: Socket, spoil: Spoil): void {
  from.setNoDelay(true);
  from.on('data', (bytes) => to.write(spoiled(bytes, spoil)));
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

/** Loses the byte in the middle one time, and alters it the next. */
function spoiled(bytes: Uint8Array, spoil: Spoil): Uint8Array {
  spoil.chunks += 1;
  if (spoil.oneIn === 0 || spoil.chunks % spoil.oneIn !== 0) return bytes;
  spoil.count += 1;
  const at = bytes.length >> 1;
  const byte = spoil.count % 2 === 0 ? [] : [bytes[at]! ^ 0x10];
  return Uint8Array.from([...bytes.subarray(0, at), ...byte, ...bytes.subarray(at + 1)]);
}
