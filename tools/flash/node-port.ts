// SPDX-License-Identifier: Apache-2.0

/** A tty of this machine with the surface of Web Serial. */
import { SerialPort } from 'serialport';
import { FlashProblem } from './part.ts';
import { groupOf, holderOf, PLACES, type Places, usbIdsOf } from './ports.ts';
import type { Signals, WebPort } from './web-port.ts';

export class NodePort implements WebPort {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  /** Rejects with a `FlashProblem` when the port goes away while it is open. */
  readonly gone: Promise<never>;
  private readonly path: string;
  private readonly places: Places;
  private port: SerialPort | undefined;
  private lines = { dtr: false, rts: false };
  private isClosing = false;
  private lose: (problem: FlashProblem) => void = () => {};

  constructor(path: string, places = PLACES) {
    this.path = path;
    this.places = places;
    this.gone = new Promise((_, reject) => {
      this.lose = reject;
    });
    this.gone.catch(() => {});
  }

  async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
    const port = new SerialPort({ path: this.path, baudRate, autoOpen: false, hupcl: false });
    await settled((done) => port.open(done)).catch(({ message }: Error) => {
      throw openProblem(message, this.path, this.places);
    });
    this.port = port;
    this.isClosing = false;
    port.on('close', () => this.onClose());
    port.on('error', () => this.onClose());
    this.readable = new ReadableStream({
      start(controller): void {
        port.on('data', (bytes: Buffer) => controller.enqueue(Uint8Array.from(bytes)));
        port.once('close', () => closeQuietly(controller));
      },
    });
    this.writable = new WritableStream({
      async write(bytes): Promise<void> {
        await settled((done) => port.write(bytes, done));
        await settled((done) => port.drain(done));
      },
    });
  }

  async close(): Promise<void> {
    const { port } = this;
    if (port === undefined) return;
    this.isClosing = true;
    this.port = undefined;
    this.readable = null;
    this.writable = null;
    if (port.isOpen) await settled((done) => port.close(done));
  }

  /** A line that has no such wires, as a pseudo-terminal, goes without: then buttons are pressed. */
  async setSignals({
    dataTerminalReady: dtr = this.lines.dtr,
    requestToSend: rts = this.lines.rts,
  }: Signals): Promise<void> {
    this.lines = { dtr, rts };
    await settled((done) => this.opened.set(this.lines, done)).catch((error: Error) => {
      if (!/ioctl/i.test(error.message)) throw this.lost();
    });
  }

  setBaudRate(baudRate: number): Promise<void> {
    return settled((done) => this.opened.update({ baudRate }, done)).catch(() => {
      throw this.lost();
    });
  }

  getInfo(): { usbVendorId?: number; usbProductId?: number } {
    return usbIdsOf(this.path, this.places) ?? {};
  }

  /** Calls with what comes, beside `readable`. */
  listen(onBytes: (bytes: Uint8Array) => void): void {
    this.opened.on('data', onBytes);
  }

  private get opened(): SerialPort {
    if (this.port === undefined) throw this.lost();
    return this.port;
  }

  private onClose(): void {
    if (!this.isClosing) this.lose(this.lost());
  }

  private lost(): FlashProblem {
    return new FlashProblem(`${this.path} went away: check cable and power, and run it again`);
  }
}

/** By what serialport says. */
export function openProblem(message: string, path: string, places: Places): FlashProblem {
  if (/no such file/i.test(message))
    return new FlashProblem(`no port ${path}: connect the board by a cable that carries data`);
  if (/permission denied/i.test(message)) {
    const group = groupOf(path, places) ?? 'dialout';
    return new FlashProblem(`no permission for ${path}: sudo usermod -aG ${group} $USER, then log in again`);
  }
  if (/lock|busy/i.test(message))
    return new FlashProblem(`${path} is in use by ${holderOf(path, places) ?? 'another program'}: end that`);
  return new FlashProblem(`${path} is no serial port (${message}): name another one`);
}

function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch {
    // Its reader has cancelled it.
  }
}

function settled(work: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => (error ? reject(error) : resolve()));
  });
}
