// SPDX-License-Identifier: Apache-2.0

/** A serial port with a simulated chip at its other end, lines for reset and all. */
import { SimulatedChip, type SimulatedChipOptions } from './simulated-chip.testing.ts';
import type { Signals, WebPort } from './web-port.ts';

export class SimulatedPort implements WebPort {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  readonly chip: SimulatedChip;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private lines = { dtr: false, rts: false };

  constructor(options: Omit<SimulatedChipOptions, 'send'>) {
    this.chip = new SimulatedChip({ ...options, send: (bytes) => this.controller?.enqueue(bytes) });
  }

  async open(): Promise<void> {
    this.readable = new ReadableStream({
      start: (controller): void => {
        this.controller = controller;
      },
      cancel: () => {
        this.controller = undefined;
      },
    });
    this.writable = new WritableStream({ write: (bytes) => this.chip.receive(bytes) });
  }

  async close(): Promise<void> {
    this.controller = undefined;
    this.readable = null;
    this.writable = null;
  }

  async setSignals({
    dataTerminalReady: dtr = this.lines.dtr,
    requestToSend: rts = this.lines.rts,
  }: Signals): Promise<void> {
    this.lines = { dtr, rts };
    this.chip.setLines(this.lines);
  }

  getInfo(): Record<string, never> {
    return {};
  }

  async setBaudRate(): Promise<void> {}
}
