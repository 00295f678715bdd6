// SPDX-License-Identifier: Apache-2.0

/** The boards that a PNE of the simulator can run on. */
import type { ChildProcess } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { type Listener, listenLine } from '../../src/node/tcp.ts';
import type { Engine } from '../build/xs.ts';

export interface Board {
  readonly name: string;
  readonly engine: Engine;
  /** Whether its image carries out what its user orders (firmware/programs/user.ts). */
  readonly takesOrders: boolean;
  /** What the board has in its store for the simulator's feed on that TCP port: `Connections.host` takes it. */
  feedNumber(port: number): number;
  /** Waits for the feed of one such board, in the way that the board comes by. */
  listenFeed(onLink: (link: Link) => LinkEvents): Promise<Listener>;
  /** Puts values into a PNE's store, by key of the firmware's one domain. What else is there stays. */
  provision(folder: string, values: Readonly<Record<string, Uint8Array>>): Promise<void>;
  /** Takes everything out of a PNE's store. */
  erase(folder: string): Promise<void>;
  /** Starts the firmware. The first line on stderr says why it ended. */
  spawn(place: PnePlace): ChildProcess;
}

/** Where one PNE is. */
export interface PnePlace {
  /** Of its store. */
  readonly folder: string;
  /**
   * TCP ports on this machine, at which a board's serial lines end: that to the gateway, or with a radio to its
   * stack, and that to its sensor.
   */
  readonly linePort: number;
  readonly feedPort: number;
  /** Of an emulated board: a file for its memory, where someone looks at it. */
  readonly memory?: string;
}

/** Of its key-value store, a folder each. */
const DOMAINS: readonly string[] = Object.freeze(['pne', 'sealed']);

/** A board on a process of this machine, which finds its store by `PNE_STORE` and connects by TCP itself. */
export function processBoard(
  name: string,
  engine: Engine,
  spawn: (environment: Readonly<Record<string, string>>) => ChildProcess,
): Board {
  return {
    name,
    engine,
    takesOrders: true,
    feedNumber: (port) => port,
    listenFeed: (onLink) => listenLine(0, onLink),
    async provision(folder, values): Promise<void> {
      const domain = join(folder, 'pne');
      await mkdir(domain, { recursive: true, mode: 0o700 });
      for (const [key, value] of Object.entries(values)) {
        await writeFile(join(domain, key), value, { mode: 0o600 });
      }
    },
    async erase(folder): Promise<void> {
      for (const domain of DOMAINS) await rm(join(folder, domain), { recursive: true, force: true });
    },
    spawn: ({ folder }) => spawn({ PNE_STORE: folder }),
  };
}
