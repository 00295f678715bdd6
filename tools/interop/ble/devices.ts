// SPDX-License-Identifier: Apache-2.0

/** Devices under test: each a host stack in a process of its own, behind a controller of ours on one air. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAddress } from '../../simulator/controller/address.ts';
import { Air } from '../../simulator/controller/air/air.ts';
import { startPacing } from '../../simulator/controller/air/pacing.ts';
import { type ControllerServer, serveController } from '../../simulator/controller/server.ts';
import type { End } from '../end.ts';
import { startProcessEnd } from '../process-end.ts';

export type Stack = 'ble-host' | 'Bumble';

/** Two devices that stay while their hosts come and go. */
export interface Devices {
  readonly air: Air;
  readonly addresses: readonly [central: string, peripheral: string];
  /** Starts both hosts, central first, each with the input and output that IOCapabilities of ble-host names. */
  start(io: readonly [string, string]): Promise<[central: End, peripheral: End]>;
  close(): Promise<void>;
}

export interface DevicesOptions {
  readonly stacks: readonly [central: Stack, peripheral: Stack];
  /** The interpreter that has Bumble, where a stack is. */
  readonly python?: string;
}

/** Seconds of the air in a second: hosts are given no more time than they need. */
const SPEED = 4;
/** So that a PDU of a host is one on the air, which an attacker can then name. */
const DATA_OCTETS = 251;
const ADDRESSES = ['C2:00:00:00:00:0C', 'C2:00:00:00:00:0A'] as const;
const PROGRAMS = {
  'ble-host': fileURLToPath(new URL('ble-host-end.ts', import.meta.url)),
  Bumble: fileURLToPath(new URL('bumble_end.py', import.meta.url)),
};

export async function openDevices({ stacks, python }: DevicesOptions): Promise<Devices> {
  const folder = await mkdtemp(join(tmpdir(), 'ble-'));
  const air = new Air((length) => new Uint8Array(randomBytes(length)));
  const pacing = startPacing(air.clock, SPEED);
  const servers: ControllerServer[] = [];
  const ends: End[] = [];
  for (const address of ADDRESSES) {
    await mkdir(join(folder, address));
    const path = join(folder, address, 'hci');
    servers.push(
      await serveController({ air, address: parseAddress(address), path, dataOctets: DATA_OCTETS }),
    );
  }
  return {
    air,
    addresses: ADDRESSES,
    async start(io) {
      const [central, peripheral] = ADDRESSES.map((address, at) =>
        startHost(stacks[at]!, join(folder, address), python),
      );
      for (const [at, end] of [central!, peripheral!].entries()) {
        ends.push(end);
        const [address, socket] = [ADDRESSES[at]!, join(folder, ADDRESSES[at]!, 'hci')];
        await end.ask({ do: 'open', socket, address, io: io[at]! });
      }
      return [central!, peripheral!];
    },
    async close() {
      for (const end of ends) await end.close();
      for (const server of servers) await server.close();
      pacing.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function startHost(stack: Stack, cwd: string, python: string | undefined): End {
  const program = PROGRAMS[stack];
  return stack === 'ble-host'
    ? startProcessEnd({
        name: stack,
        command: 'node',
        args: ['--import', import.meta.resolve('tsx'), program],
        cwd,
      })
    : startProcessEnd({ name: stack, command: python!, args: [program], cwd });
}
