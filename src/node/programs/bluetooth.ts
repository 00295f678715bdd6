// SPDX-License-Identifier: Apache-2.0

/** The gateway's Bluetooth LE: a controller, and in a folder its address and the bonds of its PNEs. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ImplementationLimits } from '../../limits.ts';
import type { Link, LinkEvents } from '../../link/link.ts';
import { NodeLimits } from '../../node-limits.ts';
import { openAdapter } from '../ble/adapter.ts';
import { openBondFiles } from '../ble/bond-files.ts';
import { Bonds } from '../ble/bonds.ts';
import { type Central, startCentral } from '../ble/central.ts';
import type { GateUser } from '../ble/gate.ts';
import { openHost } from '../ble/host.ts';
import { writeOnce } from '../secret-file.ts';
import { after } from '../timer.ts';
import type { Log } from './log.ts';

/**
 * How PNEs are paired: by Just Works, where the handshake of CPNS-1 finds a man in the middle by the channel's name; or
 * by the passkey that a PNE shows, which somebody types.
 */
export type Pairing = 'just-works' | 'passkey';

/** Of SMP (Bluetooth Core, Vol 3 Part H 3.5.1). */
const KEYBOARD_ONLY = 2;
const NO_INPUT_NO_OUTPUT = 3;
/** The two highest bits of a static random address. */
const STATIC = 0xc0;
const PASSKEY = /^\d{6}$/;

export interface BluetoothOptions {
  /** As src/node/ble/adapter.ts has it. */
  readonly adapter: string;
  readonly pairing: Pairing;
  /** Absolute. It becomes the working directory: ble-host keeps its keys there. */
  readonly folder: string;
  readonly log: Log;
  /** Passkeys, a line each, as they are asked for in the log. */
  readonly input: NodeJS.ReadableStream;
  onLink(link: Link): LinkEvents;
  /** The controller is gone, and all links with it. */
  onFailed(error: Error): void;
}

export type Bluetooth = Pick<Central, 'pause' | 'resume' | 'stop'>;

/** Once a process. Rejects with what is wrong and what to do, in a line. */
export async function startBluetooth(options: BluetoothOptions): Promise<Bluetooth> {
  const { adapter, folder, log, onLink, onFailed } = options;
  const isTyped = options.pairing === 'passkey';
  const side = {
    demand: { authenticated: isTyped },
    ioCapabilities: isTyped ? KEYBOARD_ONLY : NO_INPUT_NO_OUTPUT,
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  process.chdir(folder);
  const address = ownAddress(folder);
  const bonds = new Bonds(openBondFiles(join(folder, 'bonds')), ImplementationLimits.gatewayMaxPnes);
  const transport = await openAdapter(adapter, folder);
  const onProblem = (problem: string) => log('bluetooth', { problem });
  const manager = await inTime(adapter, openHost({ transport, address, bonds, onProblem, ...side }));
  const typist = isTyped ? new Typist(options.input, log) : undefined;
  return startCentral({
    manager,
    bonds,
    ...side,
    after,
    random: Math.random,
    onLink,
    user: (peer) => userOf(peer.address, typist),
    onProblem: (peer, problem) => log('bluetooth', { pne: peer.address, problem }),
    onFailed,
  });
}

/** Asks for passkeys in the log, and takes each line of its input as the answer to the oldest question. */
class Typist {
  private readonly questions: ((passkey: number) => void)[] = [];
  private readonly log: Log;

  constructor(input: NodeJS.ReadableStream, log: Log) {
    this.log = log;
    createInterface({ input }).on('line', (line) => this.answer(line.trim()));
  }

  ask(pne: string, answer: (passkey: number) => void): void {
    this.log('passkey-wanted', { pne });
    this.questions.push(answer);
  }

  private answer(line: string): void {
    if (!PASSKEY.test(line))
      return this.log('passkey-refused', { reason: 'six digits are wanted, and Enter' });
    this.questions.shift()?.(Number(line));
  }
}

/** It has no display, and nothing to compare. */
function userOf(pne: string, typist: Typist | undefined): GateUser {
  return {
    showPasskey(): void {},
    typePasskey: (answer) => typist?.ask(pne, answer),
    compare(): void {},
  };
}

/** Made at the first start: bonds belong to it. */
function ownAddress(folder: string): string {
  const path = join(folder, 'address');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const bytes = randomBytes(6);
  bytes[0]! |= STATIC;
  const address = bytes.toString('hex').toUpperCase().match(/../g)!.join(':');
  writeOnce(path, Buffer.from(`${address}\n`), 0o600);
  return address;
}

function inTime<Result>(adapter: string, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(new Error(`Bluetooth adapter ${adapter} does not answer: unplug it, and plug it in again`)),
      NodeLimits.adapterOpeningMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
