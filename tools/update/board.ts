// SPDX-License-Identifier: Apache-2.0

/** An update of a device on the Linux board: its program in XS takes the image, and what it keeps is read here. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFlat } from '../../src/cbor/flat.ts';
import type { Link } from '../../src/link/link.ts';
import { type Listener, listenLine } from '../../src/node/tcp.ts';
import { Reason } from '../../src/refusal.ts';
import type { Medium } from '../../src/store/medium.ts';
import {
  decodeAnswer,
  encodeUpdateMessage,
  PART_BYTES,
  type UpdateMessage,
  UpdateStep,
} from '../../src/update/message.ts';
import { readImage, readInstalled } from '../../src/update/slots.ts';
import { bundleForXs, ROOT } from '../build/bundle.ts';
import { linuxRelease } from '../build/firmware.ts';
import { spawnXs } from '../build/xs.ts';
import { endWithUs } from '../simulator/ending.ts';

const DOMAIN = 'update';

/** Bundles the program that takes updates. */
export function bundleUpdateProgram(): Promise<string> {
  const contents = `import main from './firmware/programs/update.ts';
    import { after } from './firmware/platform/timer.ts';
    after(0, main);`;
  return bundleForXs({ contents, resolveDir: ROOT }, 'update', linuxRelease('none'));
}

/** Says whose images the device with that store takes, once: throws where it takes another's already. */
export function provisionOwner(store: string, publicKey: Uint8Array): void {
  const path = join(store, DOMAIN, 'owner');
  if (existsSync(path)) {
    if (readFileSync(path).equals(publicKey)) return;
    throw new Error(`${store} takes images of another key: it is never replaced; begin a new store`);
  }
  mkdirSync(join(store, DOMAIN), { recursive: true, mode: 0o700 });
  writeFileSync(path, publicKey, { mode: 0o600 });
}

/** What the device starts: undefined where it never took an update. */
export function installedImage(store: string): { version: number; image: Buffer } | undefined {
  const medium = filesIn(join(store, DOMAIN));
  const installed = readInstalled(medium);
  if (installed === undefined) return undefined;
  const blocks: Uint8Array[] = [];
  readImage(medium, installed, (block) => blocks.push(block));
  return { version: installed.version, image: Buffer.concat(blocks) };
}

/** As boards/linux/keyvalue.c has them: a file a value. They are only read here. */
function filesIn(folder: string): Medium {
  const path = (name: string) => join(folder, name);
  const never = () => {
    throw new Error('a device writes its own store');
  };
  return {
    read: (name) => (existsSync(path(name)) ? Uint8Array.from(readFileSync(path(name))) : undefined),
    write: never,
    remove: never,
  };
}

export interface UpdateRun {
  /** What `bundleUpdateProgram` returned, and the folder of the device's store. */
  readonly bundle: string;
  readonly store: string;
  readonly manifest: Uint8Array;
  readonly image: Uint8Array;
  /** For the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes of the image that it has taken. */
  onProgress?(bytes: number): void;
}

/** Resolves to undefined once the device starts the image from now on, or to why it refused it. Rejects where it ends. */
export async function runUpdate(run: UpdateRun): Promise<string | undefined> {
  const talk = new Talk();
  const listener = await listenLine(0, (link) => talk.open(link));
  try {
    return await runWith(run, talk, listener);
  } finally {
    await listener.close();
  }
}

async function runWith(run: UpdateRun, talk: Talk, { port }: Listener): Promise<string | undefined> {
  const { bundle, store, env } = run;
  writeFileSync(join(store, DOMAIN, 'port'), encodeFlat([port]), { mode: 0o600 });
  const child = spawnXs(bundle, { env: { ...env, PNE_STORE: store } });
  endWithUs(child);
  let words = '';
  child.stdout!.resume();
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const ended = once(child, 'close').then(([status, signal]) => {
    throw new Error(`the board ended: ${words.trim() || (signal ?? `status ${status}`)}`);
  });
  try {
    return await Promise.race([talk.update(run), ended]);
  } finally {
    ended.catch(() => undefined);
    child.kill('SIGTERM');
    await ended.catch(() => undefined);
  }
}

/** The host's end: each message is answered before the next one is sent. */
class Talk {
  private readonly link: Promise<Link>;
  private linked: (link: Link) => void = () => undefined;
  private answered: (reason: number) => void = () => undefined;

  constructor() {
    this.link = new Promise((resolve) => {
      this.linked = resolve;
    });
  }

  open(link: Link): { onMessage(bytes: Uint8Array): void; onClosed(): void } {
    this.linked(link);
    return { onMessage: (bytes) => this.answered(decodeAnswer(bytes)), onClosed(): void {} };
  }

  async update({ manifest, image, onProgress }: UpdateRun): Promise<string | undefined> {
    let reason = await this.say({ step: UpdateStep.begin, bytes: manifest });
    for (let at = 0; at < image.length && reason === 0; at += PART_BYTES) {
      reason = await this.say({ step: UpdateStep.write, bytes: image.subarray(at, at + PART_BYTES) });
      onProgress?.(Math.min(at + PART_BYTES, image.length));
    }
    if (reason === 0) reason = await this.say({ step: UpdateStep.finish });
    return reason === 0 ? undefined : nameOf(reason);
  }

  private async say(message: UpdateMessage): Promise<number> {
    const link = await this.link;
    const answer = new Promise<number>((resolve) => {
      this.answered = resolve;
    });
    link.send(encodeUpdateMessage(message));
    return answer;
  }
}

function nameOf(number: number): string {
  const [name] = Object.entries(Reason).find(([, each]) => each === number) ?? ['unknown'];
  return `${name} (${number})`;
}
