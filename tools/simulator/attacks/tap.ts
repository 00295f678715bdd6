// SPDX-License-Identifier: Apache-2.0

/** Where somebody sits on a link: sees each of its messages, has others pass in their place, and adds some. */
import type { Link, LinkEvents } from '../../../src/link/link.ts';
import { Refusal } from '../../../src/refusal.ts';

/** `up` is towards the server, `down` towards the PNE. */
export type Direction = 'up' | 'down';

/** Returns what passes in place of a message, which is its own to keep: nothing in `[]`, undefined for the message. */
export type Watcher = (message: Uint8Array, direction: Direction) => readonly Uint8Array[] | undefined;

/** Where messages of each direction go on. */
export type Ends = Readonly<Record<Direction, (message: Uint8Array) => void>>;

export class LinkTap {
  private watchers: readonly Watcher[] = [];
  private ends: Ends | undefined;

  /** Returns what ends it. */
  watch(watcher: Watcher): () => void {
    this.watchers = [...this.watchers, watcher];
    return () => {
      this.watchers = this.watchers.filter((other) => other !== watcher);
    };
  }

  /** The link that messages are put on from now on. */
  lead(ends: Ends): void {
    this.ends = ends;
  }

  pass(ends: Ends, message: Uint8Array, direction: Direction): void {
    // `slice` of a Buffer, which a socket gives, is no copy.
    let passing: readonly Uint8Array[] = [new Uint8Array(message)];
    for (const watcher of this.watchers)
      passing = passing.flatMap((each) => watcher(each.slice(), direction) ?? [each]);
    for (const each of passing) ends[direction](each);
  }

  /** Puts a message on the link; nothing happens where that is gone. */
  inject(message: Uint8Array, direction: Direction): void {
    try {
      this.ends?.[direction](message.slice());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Sits between a link that leads up and whoever adopts it. */
  between(link: Link, adopt: (link: Link) => LinkEvents): LinkEvents {
    let events: LinkEvents | undefined;
    const ends: Ends = {
      up: (message) => link.send(message),
      down: (message) => events?.onMessage(message),
    };
    this.lead(ends);
    const adopted = adopt({
      send: (message) => this.pass(ends, message, 'up'),
      attestation: () => link.attestation(),
      close: () => link.close(),
    });
    events = adopted;
    return {
      onMessage: (message) => this.pass(ends, message, 'down'),
      onClosed(): void {
        events = undefined;
        adopted.onClosed();
      },
    };
  }
}
