// SPDX-License-Identifier: Apache-2.0

/** Test code: the two ends of a serial line. */
import { Line } from './line.ts';
import { generator } from './line-frame.testing.ts';
import type { Link } from './link.ts';
import { VirtualTime } from './time.testing.ts';

export interface HeldLink {
  readonly link: Link;
  /** Links of the other end that it has heard. */
  readonly heard: Set<number>;
  readonly name: number;
}

let names = 0;

/** One end, which can be started anew. */
export class End {
  readonly links: HeldLink[] = [];
  closed = 0;
  writes = 0;
  line: Line | undefined;
  current: HeldLink | undefined;
  /** What becomes of what it writes. */
  carry: (bytes: Uint8Array) => void = () => undefined;
  private readonly clock: VirtualTime;
  private readonly random: () => number;

  constructor(clock: VirtualTime, random: () => number) {
    this.clock = clock;
    this.random = random;
    this.restart();
  }

  restart(): void {
    this.line?.close();
    this.line = new Line({
      after: this.clock.after,
      fillRandom: (target) => {
        for (let index = 0; index < target.length; index += 1) target[index] = this.random() & 0xff;
      },
      write: (frame) => {
        this.writes += 1;
        const bytes = frame.slice();
        this.clock.after(1, () => this.carry(bytes));
        return true;
      },
      maxMessageBytes: 100,
      onLink: (link) => this.adopt(link),
    });
  }

  private adopt(link: Link) {
    const held: HeldLink = { link, heard: new Set(), name: names++ };
    this.links.push(held);
    this.current = held;
    return {
      onMessage: (message: Uint8Array) => void held.heard.add((message[0]! << 8) | message[1]!),
      onClosed: () => {
        this.closed += 1;
        if (this.current === held) this.current = undefined;
      },
    };
  }

  /** Says which link this is on. */
  speak(): void {
    const { current } = this;
    current?.link.send(Uint8Array.of(current.name >> 8, current.name & 0xff));
  }
}

export class Pair {
  readonly clock = new VirtualTime();
  readonly a: End;
  readonly b: End;
  isCut = false;

  constructor(seed = 1, fault: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) {
    const random = generator(seed);
    this.a = new End(this.clock, random);
    this.b = new End(this.clock, random);
    const join = (to: End) => (bytes: Uint8Array) => {
      if (!this.isCut) to.line!.push(fault(bytes));
    };
    this.a.carry = join(this.b);
    this.b.carry = join(this.a);
  }

  get isUp(): boolean {
    return this.a.current !== undefined && this.b.current !== undefined;
  }
}
