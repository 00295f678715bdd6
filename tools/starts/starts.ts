// SPDX-License-Identifier: Apache-2.0

/** How long each program takes from its start to its first useful word, as a user starts it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { enrolAll } from '../../src/node/devices.ts';
import { grantMembership } from '../../src/node/grants.ts';
import { newIdentity } from '../../src/node/identity.ts';
import { openState } from '../../src/node/programs/state.ts';
import { ROOT } from '../build/bundle.ts';
import { endWithUs } from '../simulator/ending.ts';

export interface StartsOptions {
  readonly folder: string;
  /** Devices that the server knows. */
  readonly devices: number;
  /** Starts of each program, of which the median counts. */
  readonly rounds: number;
  /** The only one of them, if not all. */
  readonly program?: string;
}

export interface StartRow {
  readonly program: string;
  readonly devices: number;
  readonly medianMs: number;
}

interface ProgramStart {
  readonly program: (typeof PROGRAMS)[number];
  readonly devices: number;
  readonly args: readonly string[];
  /** What it says when it has started; undefined: it ends. */
  readonly says: RegExp | undefined;
}

const PROGRAM = join(ROOT, 'src/node/programs/pne-runtime.mjs');
const LISTENING = / listening /;
/** A server, or a broker, that is not there: it has looked for it. */
const LOOKED = / (server|broker)-unreachable /;

export const PROGRAMS = Object.freeze(['server', 'gateway', 'http', 'bridge', 'admin list'] as const);

export async function measureStarts({
  folder,
  devices,
  rounds,
  program: only,
}: StartsOptions): Promise<StartRow[]> {
  const state = (name: string) => ['--state', join(folder, name)];
  await fill(join(folder, 'server'), devices);
  const server = ['--server-credential', join(folder, 'server/credential'), '--server', 'ws://127.0.0.1:9'];
  const listen = ['--listen', '127.0.0.1:0'];
  const starts: readonly ProgramStart[] = [
    { program: 'server', devices, args: ['server', ...state('server'), ...listen], says: LISTENING },
    {
      program: 'gateway',
      devices: 0,
      args: ['gateway', ...state('gateway'), ...server, ...listen],
      says: LISTENING,
    },
    { program: 'http', devices: 0, args: ['http', ...state('http'), ...server, ...listen], says: LISTENING },
    {
      program: 'bridge',
      devices: 0,
      args: ['bridge', ...state('bridge'), ...server, '--broker', 'mqtt://127.0.0.1:9'],
      says: LOOKED,
    },
    { program: 'admin list', devices, args: ['admin', 'list', ...state('server')], says: undefined },
  ];
  const rows: StartRow[] = [];
  for (const start of starts.filter(({ program }) => only === undefined || program === only)) {
    // The first start makes the folder.
    await timeOf(start);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await timeOf(start));
    const { program, devices: known } = start;
    rows.push({ program, devices: known, medianMs: Math.round(times.sort((a, b) => a - b)[rounds >> 1]!) });
  }
  return rows;
}

/** As many as a server that has been in use knows. */
async function fill(folder: string, devices: number): Promise<void> {
  const provider = createNodeProvider();
  const { store } = await openState(provider, folder, 'server', {});
  const credentials = Array.from(
    { length: devices },
    (_, index) => newIdentity(provider, `pne-${index + 1}`).credential,
  );
  if (devices > 0) await enrolAll(store, credentials);
  await Promise.all(
    credentials.map(({ subject }) => grantMembership(store, subject!, DEFAULT_PN, Number.MAX_SAFE_INTEGER)),
  );
  await store.close();
}

/** Throws what a program said that did not start. */
function timeOf({ args, says }: ProgramStart): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  endWithUs(child);
  return new Promise((resolve, reject) => {
    let [said, took] = ['', 0];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (took > 0 || says?.test(said) !== true) return;
      took = performance.now() - start;
      child.kill('SIGKILL');
    });
    child.once('close', (status) => {
      if (took === 0 && says === undefined && status === 0) took = performance.now() - start;
      if (took > 0) resolve(took);
      else reject(new Error(`pne-runtime ${args[0]} did not start: ${said.trim()}`));
    });
  });
}
