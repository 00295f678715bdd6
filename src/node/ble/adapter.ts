// SPDX-License-Identifier: Apache-2.0

/**
 * Opens a Bluetooth LE controller by its name:
 *
 *     hci0                    an adapter of this machine, for this program alone
 *     /dev/ttyUSB0[:BAUD]     a controller on a serial port or USB dongle, which speaks H4 with RTS/CTS
 *     unix:PATH               one behind a socket that speaks H4, as simulated ones are
 *
 * For the first two a program in C, hci-relay.c, does what Node cannot.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type HciTransport, transportOver } from './h4-socket.ts';

const SOURCE = fileURLToPath(new URL('hci-relay.c', import.meta.url));
const DEFAULT_BAUD = '1000000';
/** What a relay says at most before it is ready. */
const MAX_SAID = 200;

const USER = /^hci(\d{1,3})$/;
const SERIAL = /^(\/[^:]+)(?::(\d{1,7}))?$/;
const SOCKET = /^unix:(.+)$/;

/** Throws where no adapter can be called so. */
export function checkAdapter(name: string): void {
  if (![USER, SERIAL, SOCKET].some((form) => form.test(name)))
    throw new Error('takes hci0, /dev/ttyUSB0:1000000 or unix:PATH');
}

/** `folder`: where the relay is kept once it is compiled. Rejects with what is wrong and what to do, in a line. */
export async function openAdapter(name: string, folder: string): Promise<HciTransport> {
  const [, socket] = SOCKET.exec(name) ?? [];
  if (socket !== undefined) return openSocket(socket, name);
  const [, number] = USER.exec(name) ?? [];
  const [, port = '', baud = DEFAULT_BAUD] = SERIAL.exec(name) ?? [];
  const relay = await compileRelay(folder);
  const args = number === undefined ? ['serial', port, baud] : ['user', number];
  return startRelay(relay, args, name);
}

function openSocket(path: string, name: string): Promise<HciTransport> {
  const socket = connect(path);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(transportOver(socket, socket, () => socket.destroy())));
    socket.once('error', ({ message }) =>
      reject(
        new Error(`Bluetooth adapter ${name} cannot be used (${message}): start what serves that socket`),
      ),
    );
  });
}

async function compileRelay(folder: string): Promise<string> {
  const edition = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 8);
  const path = join(folder, `hci-relay-${edition}`);
  if (existsSync(path)) return path;
  const unfinished = `${path}.${process.pid}`;
  await promisify(execFile)('cc', ['-O2', '-o', unfinished, SOURCE]).catch((error: Error) => {
    throw new Error(
      `the relay to the adapter cannot be compiled (${error.message.split('\n')[0]}): install gcc and libc6-dev`,
    );
  });
  renameSync(unfinished, path);
  return path;
}

function startRelay(relay: string, args: readonly string[], name: string): Promise<HciTransport> {
  const child = spawn(relay, args, { stdio: 'pipe' });
  const transport = transportOver(child.stdout, child.stdin, () => child.kill());
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(0, MAX_SAID);
      if (said.startsWith('ready\n')) resolve(transport);
    });
    child.once('error', ({ message }) => reject(new Error(`${relay} does not run: ${message}`)));
    child.once('close', () => reject(new Error(explain(said.trim(), name, relay))));
  });
}

/** By the name of the error, the first word of what a relay has said. */
function explain(said: string, name: string, relay: string): string {
  const [error = ''] = said.split(' ');
  const isSerial = SERIAL.test(name);
  const advice: Readonly<Record<string, string>> = {
    EAFNOSUPPORT: 'this kernel has no Bluetooth: load the module bluetooth, or name a serial port',
    ENODEV: 'there is no such adapter: plug it in, or name one that /sys/class/bluetooth lists',
    ENOENT: 'there is no such port: plug the dongle in, or name one of /dev/ttyUSB* and /dev/ttyACM*',
    ENOTTY: 'that is no serial port',
    EINVAL: 'its speed is none of 115200, 230400, 460800, 921600, 1000000, 2000000 and 3000000',
    EBUSY: isSerial
      ? 'another program has it open: end that'
      : 'it is in use: end BlueZ (systemctl stop bluetooth) and take the adapter down (hciconfig hci0 down)',
    EPERM: `this user may not use it: sudo setcap cap_net_admin+ep ${relay}`,
    EACCES: isSerial
      ? 'this user may not open it: join the group dialout, and log in again'
      : `this user may not use it: sudo setcap cap_net_admin+ep ${relay}`,
  };
  return `Bluetooth adapter ${name} cannot be used (${said}): ${advice[error] ?? 'see what the error says'}`;
}
