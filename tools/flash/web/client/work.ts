// SPDX-License-Identifier: Apache-2.0

/** What the button does: gets a port and the image, writes it, and listens to the board. */
import { type FlashJob, flash } from '../../flasher.ts';
import { MONITOR_RATE, Monitor } from '../../monitor.ts';
import { type FlashPart, FlashProblem } from '../../part.ts';
import { restart, type WebPort } from '../../web-port.ts';
import type { ImageManifest } from '../manifest.ts';

/** What of Web Serial is used here. */
export interface BrowserPort extends WebPort {
  addEventListener(event: 'disconnect', listener: () => void): void;
}

export interface Serial {
  requestPort(): Promise<BrowserPort>;
}

export interface Events {
  onStep(step: string): void;
  onProgress(part: string, percent: number): void;
  /** The image is written, and the board runs. */
  onWritten(): void;
  onLine(line: string): void;
}

export interface Wishes {
  /** `nvs.bin`, of whom the board is to be. */
  readonly identity: File | undefined;
  readonly replaces: boolean;
}

const RATE = 460_800;

/** Ends when the board goes away. Rejects with what is to be said. */
export async function writeAndListen(
  serial: Serial,
  manifest: ImageManifest,
  wishes: Wishes,
  events: Events,
): Promise<void> {
  const port = await serial.requestPort().catch(() => {
    throw new FlashProblem(
      'no port was chosen: connect the board by a cable that carries data, and choose its port',
    );
  });
  const gone = new Promise<never>((_, reject) => {
    port.addEventListener('disconnect', () =>
      reject(new FlashProblem('the board went away: check cable and power, and start again')),
    );
  });
  const job = await jobOf(manifest, wishes);
  const close = await Promise.race([flash({ port, baudRate: RATE, usesStub: true, ...events }, job), gone]);
  await close();
  await port.open({ baudRate: MONITOR_RATE });
  events.onWritten();
  await Promise.race([Promise.all([restart(port), listen(port, new Monitor(events.onLine))]), gone]);
}

async function listen(port: WebPort, monitor: Monitor): Promise<void> {
  const reader = port.readable!.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    monitor.receive(value);
  }
}

async function jobOf(manifest: ImageManifest, { identity, replaces }: Wishes): Promise<FlashJob> {
  const parts = await Promise.all(manifest.parts.map((part) => fetchPart(part)));
  const { chip, store } = manifest;
  if (identity === undefined) return { chip, parts };
  if (store === null || identity.size > store.size)
    throw new FlashProblem(
      `${identity.name} does not fit into the board's store: choose the nvs.bin of a device`,
    );
  const bytes = new Uint8Array(store.size).fill(0xff);
  bytes.set(new Uint8Array(await identity.arrayBuffer()));
  const partition = { name: 'identity', offset: store.offset, bytes };
  return { chip, parts, identity: { partition, replaces } };
}

async function fetchPart({ path, name, offset, md5 }: ImageManifest['parts'][number]): Promise<FlashPart> {
  const response = await fetch(path).catch(() => undefined);
  if (!response?.ok) throw new FlashProblem('the program that serves this page has ended: start it again');
  return { name, offset, md5, bytes: new Uint8Array(await response.arrayBuffer()) };
}
