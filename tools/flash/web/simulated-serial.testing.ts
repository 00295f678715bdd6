// SPDX-License-Identifier: Apache-2.0

/** In the page: a `navigator.serial` with one port, of what Web Serial has only what is used. */
interface Bindings {
  simulatedWrite(bytes: number[]): Promise<void>;
  simulatedLines(dtr: boolean, rts: boolean): Promise<void>;
  simulated: unknown;
  readonly navigator: object;
}
const bindings = globalThis as unknown as Bindings;
const lines = { dtr: false, rts: false };
let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
const target = new EventTarget();
const port = {
  readable: null as ReadableStream | null,
  writable: null as WritableStream | null,
  getInfo: () => ({}),
  addEventListener: (event: string, listener: () => void) => target.addEventListener(event, listener),
  async open(): Promise<void> {
    if (port.readable !== null) throw new Error('it is open');
    port.readable = new ReadableStream({
      start(own): void {
        controller = own;
      },
    });
    port.writable = new WritableStream({ write: (bytes) => bindings.simulatedWrite([...bytes]) });
  },
  async close(): Promise<void> {
    if (port.readable?.locked || port.writable?.locked) throw new Error('it is in use');
    controller = undefined;
    port.readable = null;
    port.writable = null;
  },
  async setSignals({ dataTerminalReady = lines.dtr, requestToSend = lines.rts }): Promise<void> {
    lines.dtr = dataTerminalReady;
    lines.rts = requestToSend;
    await bindings.simulatedLines(lines.dtr, lines.rts);
  },
};
bindings.simulated = {
  isRefused: false,
  take(bytes: number[]): void {
    try {
      controller?.enqueue(Uint8Array.from(bytes));
    } catch {}
  },
  pull: () => target.dispatchEvent(new Event('disconnect')),
};
const requestPort = async () => {
  if ((bindings.simulated as { isRefused: boolean }).isRefused) throw new Error('no port selected');
  return port;
};
Object.defineProperty(bindings.navigator, 'serial', { value: { requestPort } });
