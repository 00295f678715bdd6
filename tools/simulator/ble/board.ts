// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CborWriter } from '../../../src/cbor/writer.ts';
import type { Board } from '../board.ts';
import type { Radio } from './radio.ts';

/** What the firmware prints where its board shows a passkey. */
export const PASSKEY = /^passkey (\d{6})$/;

/** Gives a board on a process of this machine a radio, with a stack in a process of its own. */
export function bleBoard(radio: Radio, board: Board): Board {
  return {
    ...board,
    async provision(folder, values): Promise<void> {
      await board.provision(folder, values);
      const { port } = await radio.openStack(folder);
      const domain = join(folder, 'board');
      await mkdir(domain, { recursive: true, mode: 0o700 });
      await writeFile(join(domain, 'ble'), new CborWriter().integer(port).finish());
    },
    spawn(place) {
      const child = board.spawn(place);
      readPasskeys(radio, place.folder, child.stdout!);
      return child;
    },
  };
}

/** Gives a board the same at the other end of the line that leads to the gateway elsewhere. */
export function bleLineBoard(radio: Radio, board: Board): Board {
  const stackPorts = new Map<string, number>();
  return {
    ...board,
    async provision(folder, values): Promise<void> {
      await board.provision(folder, values);
      const { port } = await radio.openStack(folder);
      stackPorts.set(folder, port);
    },
    spawn(place) {
      const child = board.spawn({ ...place, linePort: stackPorts.get(place.folder)! });
      readPasskeys(radio, place.folder, child.stderr!);
      return child;
    },
  };
}

function readPasskeys(radio: Radio, folder: string, console: Readable): void {
  createInterface({ input: console }).on('line', (line) => {
    const [, passkey] = line.match(PASSKEY) ?? [];
    if (passkey !== undefined) radio.showPasskey(folder, Number(passkey));
  });
}
