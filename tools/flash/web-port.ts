// SPDX-License-Identifier: Apache-2.0

/** What is used of a serial port of Web Serial, in a browser and behind a tty (node-port.ts). */
export interface WebPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number }): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: Signals): Promise<void>;
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
  /** Where it can change its rate without being closed. */
  setBaudRate?(baudRate: number): Promise<void>;
}

export interface Signals {
  readonly dataTerminalReady?: boolean;
  readonly requestToSend?: boolean;
}

const RESET_MS = 100;

/** By RTS, which holds the chip in reset on most boards, and on those with USB of their own. */
export async function restart(port: Pick<WebPort, 'setSignals'>): Promise<void> {
  await port.setSignals({ dataTerminalReady: false, requestToSend: true });
  await new Promise((resolve) => setTimeout(resolve, RESET_MS));
  await port.setSignals({ dataTerminalReady: false, requestToSend: false });
}
