// SPDX-License-Identifier: Apache-2.0

/** Test code: the links that a listener or connector hands over, and peers that are no links of ours. */
import { connect, type Socket } from 'node:net';
import type { Link, LinkEvents } from '../link/link.ts';
import { VirtualTime } from '../link/time.testing.ts';
import './failing.testing.ts';

/** Longer than any pause of a program, so that a test on a busy machine is slow and does not fail. */
const WAIT_MS = 60_000;

/** Adopts links and keeps count of them. Their timers are in its hand. */
export class Owner {
  readonly time = new VirtualTime();
  readonly links: Link[] = [];
  /** How often each link was told that it has closed, by its number. */
  readonly closings: number[] = [];
  readonly messages: Uint8Array[] = [];
  private readonly greet: (link: Link) => void;

  constructor(greet: (link: Link) => void = () => {}) {
    this.greet = greet;
  }

  readonly adopt = (link: Link): LinkEvents => {
    const number = this.links.push(link) - 1;
    this.closings.push(0);
    this.greet(link);
    return {
      onMessage: (message) => void this.messages.push(message.slice()),
      onClosed: () => {
        this.closings[number]! += 1;
      },
    };
  };

  get open(): number {
    return this.closings.filter((count) => count === 0).length;
  }

  opened(count: number): Promise<void> {
    return until(() => this.links.length >= count, `${count} links`);
  }

  closed(count: number): Promise<void> {
    return until(() => this.links.length - this.open >= count, `${count} closed links`);
  }
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A connection whose other end the test plays byte by byte. It reads unless it is paused. */
export async function connectRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}
