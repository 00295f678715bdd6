// SPDX-License-Identifier: Apache-2.0

/**
 * A PNE on an emulated board whose serial line is full both ways: readings go up as fast as receipts come back, and a
 * content comes down for each of them.
 */
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Figures } from '../../firmware/sensors/sensor.ts';
import { ImplementationLimits } from '../../src/limits.ts';
import { LineFrameReader } from '../../src/link/line-frame.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { Refusal } from '../../src/refusal.ts';
import type { Board } from '../simulator/board.ts';
import { type Network, startNetwork } from '../simulator/network.ts';
import { type PneProcess, startPneProcess } from '../simulator/pne-process.ts';
import { type Passed, passInBursts, RECEIVED, SENT } from './bursts.ts';

export interface SerialOptions {
  readonly board: Board;
  /** Of the PNE's store. */
  readonly folder: string;
  readonly readings: number;
  /** From 0 to below 1: what the line does. */
  random(): number;
  onReading?(arrived: number): void;
}

export interface SerialResult {
  readonly arrived: number;
  /** Of them, more than once; and of those that were given, not at all. */
  readonly doubled: number;
  readonly missing: number;
  /** Interfaces that were secured: one each of CPNS-1, 2 and 3, where no link was lost. */
  readonly agreements: number;
  /** Messages that the PNE refused, and frames of it that came altered or cut. */
  readonly refused: number;
  readonly spoiled: number;
  readonly up: Passed;
  readonly down: Passed;
  readonly seconds: number;
  /** The longest time from one reading to the next. */
  readonly longestPauseMs: number;
  /** What the PNE's heap held at most in the first quarter of the readings, and after it. */
  readonly heapBytes: { readonly early: number; readonly late: number };
}

const PNE_ID = 'pne-1';
/** Of ESP32 boards (firmware/platform/serial.ts) at their fastest. */
const BAUD = 921_600;
/** Without a reading for so long it has stalled: longer than any pause after which something is sent again. */
const STALL_MS = 60_000;

export async function runSerial(options: SerialOptions): Promise<SerialResult> {
  const run = new SerialRun(options);
  try {
    return await run.run();
  } finally {
    await run.close();
  }
}

class SerialRun {
  private readonly options: SerialOptions;
  private readonly counts = new Map<number, number>();
  private readonly up: Passed = { bytes: 0, bursts: 0 };
  private readonly down: Passed = { bytes: 0, bursts: 0 };
  /** Of the PNE, as they are on the line. */
  private readonly frames = new LineFrameReader(ImplementationLimits.linkMaxMessageBytes, () => undefined);
  private readonly heap = { early: 0, late: 0 };
  private readonly server = createServer();
  private network: Network | undefined;
  private pne: PneProcess | undefined;
  private given = 0;
  private agreements = 0;
  private refused = 0;
  private started = 0;
  private last = 0;
  private longestPauseMs = 0;
  private finish = (): void => {};
  private fail = (_error: Error): void => {};

  constructor(options: SerialOptions) {
    this.options = options;
  }

  async run(): Promise<SerialResult> {
    const finished = new Promise<void>((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    await this.start();
    await Promise.race([finished, this.stalled()]);
    const given = Array.from({ length: this.options.readings }, (_, index) => index);
    return {
      arrived: this.counts.size,
      doubled: [...this.counts.values()].filter((times) => times > 1).length,
      missing: given.filter((index) => !this.counts.has(index)).length,
      agreements: this.agreements,
      refused: this.refused,
      spoiled: this.frames.dropped,
      ...{ up: this.up, down: this.down, heapBytes: this.heap },
      seconds: (this.last - this.started) / 1000,
      longestPauseMs: this.longestPauseMs,
    };
  }

  async close(): Promise<void> {
    await this.pne?.stop();
    this.server.close();
    await this.network?.close();
  }

  private async start(): Promise<void> {
    const network = await startNetwork({
      pneIds: [PNE_ID],
      algorithm: undefined,
      intervalMs: 0,
      onAgreed: () => {
        this.agreements += 1;
      },
      onReading: (_pneId, { payload }) => this.receive(payload),
      onRefused(): void {},
      onHolder(): void {},
    });
    this.network = network;
    const { board, folder } = this.options;
    this.pne = await startPneProcess({
      ...{ board, folder, provisioning: network.provisioning[0]!, linePort: await this.listen() },
      onSample: (count) => this.give(count),
      onFigures: (figures) => this.see(figures),
      onExit: (problem) => this.fail(new Error(`the PNE ended: ${problem}`)),
    });
  }

  /** Returns the port of a line to the gateway. */
  private async listen(): Promise<number> {
    const { random } = this.options;
    this.server.on('connection', (board) => {
      const gateway = connect(this.network!.linePort, '127.0.0.1');
      board.on('data', (bytes) => this.frames.push(bytes));
      passInBursts(board, gateway, { most: SENT, baud: BAUD, random }, this.up);
      passInBursts(gateway, board, { most: RECEIVED, baud: BAUD, random }, this.down);
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  private give(count: number): void {
    const { readings } = this.options;
    for (let left = Math.min(count, readings - this.given); left > 0; left -= 1) {
      const payload = compactPayloads.encode({
        n: this.given,
        temperature: 21.5,
        humidity: 47,
        battery: 3.68,
      });
      this.given += 1;
      this.pne!.give({ line: this.given, payload });
    }
    if (this.given === readings) this.pne!.end();
  }

  private receive(payload: Uint8Array): void {
    const { n } = compactPayloads.decode(payload) as { readonly n: number };
    this.counts.set(n, (this.counts.get(n) ?? 0) + 1);
    const now = performance.now();
    if (this.last === 0) this.started = now;
    else this.longestPauseMs = Math.max(this.longestPauseMs, now - this.last);
    this.last = now;
    this.options.onReading?.(this.counts.size);
    this.sendDown();
  }

  /** As long as there is room for it. */
  private sendDown(): void {
    try {
      this.network!.deliverInterval(PNE_ID);
    } catch (error) {
      if (!(error instanceof Refusal) || error.reasonName !== 'queueFull') throw error;
    }
  }

  private see({ done, refused, heapBytes }: Figures): void {
    this.refused = refused;
    const part = this.counts.size < this.options.readings / 4 ? 'early' : 'late';
    this.heap[part] = Math.max(this.heap[part], heapBytes);
    if (done) this.finish();
  }

  private async stalled(): Promise<never> {
    for (let arrived = -1; arrived < this.counts.size; ) {
      arrived = this.counts.size;
      await new Promise((resolve) => setTimeout(resolve, STALL_MS).unref());
    }
    throw new Error(
      `no reading for ${STALL_MS / 1000} s after ${this.counts.size} of ${this.options.readings}`,
    );
  }
}
