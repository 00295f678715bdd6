// SPDX-License-Identifier: Apache-2.0

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from '../../bytes/hex.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { checkAdapter, openAdapter } from './adapter.ts';

const test = suite('node/ble/adapter');
const folder = scratchFolder();
const RESET = Uint8Array.of(0x01, 0x03, 0x0c, 0x00);
const RESET_DONE = '040e0401030c00';

const refusal = (name: string): Promise<string> =>
  openAdapter(name, folder).then(
    () => 'opened',
    ({ message }: Error) => message,
  );

/** A serial port, and the controller's end of it. */
async function openPort() {
  const program = join(folder, 'pty');
  execFileSync('cc', ['-o', program, fileURLToPath(new URL('pty.testing.c', import.meta.url))]);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  let heard = '';
  child.stdout.on('data', (chunk: Uint8Array) => {
    heard += toHex(chunk);
  });
  return { path: String(line).trim(), child, heard: () => heard };
}

test('packets pass in both directions on a serial port, and its end is told of', async () => {
  const port = await openPort();
  const transport = await openAdapter(`${port.path}:115200`, folder);
  const packets: string[] = [];
  let isClosed = false;
  transport.on('data', (packet: Uint8Array) => packets.push(toHex(packet)));
  transport.on('close', () => {
    isClosed = true;
  });
  const longest = Uint8Array.of(0x02, 0x40, 0x00, 0xfb, 0x00, ...new Uint8Array(251).fill(0x11));
  transport.write(RESET);
  transport.write(longest);
  await until(() => port.heard() === toHex(RESET) + toHex(longest), 'both packets');
  // A packet that comes in pieces, with the begin of the next one.
  port.child.stdin.write(Buffer.from('040e', 'hex'));
  port.child.stdin.write(Buffer.from('0401030c00040e04', 'hex'));
  await until(() => packets.length === 1, 'the event');
  assert.equal(packets, [RESET_DONE]);
  port.child.kill();
  await until(() => isClosed, 'the end');
});

test('a controller that says what is no packet is lost', async () => {
  const port = await openPort();
  const transport = await openAdapter(port.path, folder);
  let isClosed = false;
  transport.on('close', () => {
    isClosed = true;
  });
  port.child.stdin.write(Buffer.from('ff', 'hex'));
  await until(() => isClosed, 'the end');
  port.child.kill();
});

test('the relay is compiled once', () => {
  assert.is(readdirSync(folder).filter((file) => file.startsWith('hci-relay')).length, 1);
});

test('whatever cannot be used is named in a line, with what to do', async () => {
  assert.match(
    await refusal('/dev/none-0'),
    /^Bluetooth adapter \/dev\/none-0 .*\(ENOENT open\): there is no/,
  );
  assert.match(await refusal('/dev/null'), /\(ENOTTY settings\): that is no serial port$/);
  assert.match(await refusal('/dev/null:9600'), /\(EINVAL speed\): its speed is none of 115200/);
  // Which of them depends on the machine: it has no Bluetooth, not this adapter, or no right.
  const expected =
    /^Bluetooth adapter hci255 cannot be used \((EAFNOSUPPORT|ENODEV|EPERM) \w+\): [^\n]{10,}$/;
  assert.match(await refusal('hci255'), expected);
});

test('names of adapters have three forms', () => {
  for (const name of ['hci0', '/dev/ttyUSB0', '/dev/ttyACM1:115200', 'unix:/run/hci']) checkAdapter(name);
  for (const name of ['hci', 'ttyUSB0', 'usb:0', '/dev/ttyUSB0:fast', 'unix:'])
    assert.throws(() => checkAdapter(name), /takes hci0/);
});

test.run();
