// SPDX-License-Identifier: Apache-2.0

/** Ports of a machine that is made for the test; what opens none says; partition tables and lines of a monitor. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import type { Refusal } from '../../src/refusal.ts';
import { partitionTable } from './image.testing.ts';
import { Monitor } from './monitor.ts';
import { openProblem } from './node-port.ts';
import { readPartitionTable, storeIn } from './partition-table.ts';
import { groupOf, holderOf, isRunning, serialPorts, usbIdsOf } from './ports.ts';

const test = suite('ports');

function machine() {
  const root = scratchFolder();
  const [dev, proc, sys, groups] = ['dev', 'proc', 'sys', 'group'].map((name) => join(root, name));
  for (const folder of [dev!, join(proc!, '41/fd'), join(proc!, 'tty')])
    mkdirSync(folder, { recursive: true });
  for (const name of ['ttyUSB1', 'ttyACM0', 'tty1', 'ttyS0', 'cu.usbserial-110', 'null'])
    writeFileSync(join(dev!, name), '');
  writeFileSync(join(proc!, '41/comm'), 'screen\n');
  symlinkSync(join(dev!, 'ttyUSB1'), join(proc!, '41/fd/3'));
  writeFileSync(groups!, `root:x:0:\nmine:x:${process.getgid!()}:\ndialout:x:20:someone\n`);
  return { dev: dev!, proc: proc!, sys: sys!, groups: groups! };
}

test('adapters and boards of their own USB are found, and no other ttys', () => {
  const places = machine();
  const names = serialPorts(places).map((path) => path.slice(places.dev.length + 1));
  assert.equal(names, ['cu.usbserial-110', 'ttyACM0', 'ttyUSB1']);
  assert.equal(serialPorts({ ...places, dev: '/nowhere' }), []);
});

test('who has a port is found, and which programs run', () => {
  const places = machine();
  assert.is(holderOf(join(places.dev, 'ttyUSB1'), places), 'screen (41)');
  assert.is(holderOf(join(places.dev, 'ttyACM0'), places), undefined);
  assert.ok(isRunning('screen', places));
  assert.not.ok(isRunning('ModemManager', places));
});

test('a board with USB of its own is told by the ids above its tty', () => {
  const places = machine();
  const device = join(places.sys, 'devices/usb1/1-1');
  mkdirSync(join(device, '1-1:1.0'), { recursive: true });
  mkdirSync(join(places.sys, 'class/tty/ttyACM0'), { recursive: true });
  writeFileSync(join(device, 'idVendor'), '303a\n');
  writeFileSync(join(device, 'idProduct'), '1001\n');
  symlinkSync(join(device, '1-1:1.0'), join(places.sys, 'class/tty/ttyACM0/device'));
  assert.equal(usbIdsOf('/dev/ttyACM0', places), { usbVendorId: 0x303a, usbProductId: 0x1001 });
  assert.is(usbIdsOf('/dev/ttyUSB1', places), undefined);
});

test('each way in which a port does not open has its line', () => {
  const places = machine();
  const [busy, free] = ['ttyUSB1', 'ttyACM0'].map((name) => join(places.dev, name));
  const lineOf = (message: string, path: string) => openProblem(message, path, places).message;
  const group = groupOf(free!, places);
  assert.is(
    lineOf(`Error: Permission denied, cannot open ${free}`, free!),
    `no permission for ${free}: sudo usermod -aG ${group} $USER, then log in again`,
  );
  assert.is(
    lineOf('Error Resource temporarily unavailable Cannot lock port', busy!),
    `${busy} is in use by screen (41): end that`,
  );
  assert.match(lineOf('Error: Device or resource busy', free!), 'in use by another program');
  assert.match(lineOf('Error: No such file or directory', '/dev/x'), 'no port /dev/x: connect the board');
  assert.match(lineOf('Error: Inappropriate ioctl', free!), 'is no serial port');
});

test('a partition table is read, and one that is cut off or altered is not', () => {
  const table = partitionTable([
    ['nvs', 1, 2, 0x9000, 0x6000],
    ['factory', 0, 0, 0x10000, 0x3f0000],
  ]);
  assert.equal(storeIn(readPartitionTable(table)), {
    name: 'nvs',
    type: 1,
    subtype: 2,
    offset: 0x9000,
    size: 0x6000,
  });
  const reasonOf = (change: (bytes: Uint8Array) => Uint8Array) => {
    try {
      readPartitionTable(change(table.slice()));
      return undefined;
    } catch (error) {
      return (error as Refusal).reasonName;
    }
  };
  assert.is(
    reasonOf((bytes) => bytes.subarray(0, 80)),
    'truncated',
  );
  assert.is(
    reasonOf(() => new Uint8Array(0)),
    'truncated',
  );
  assert.is(
    reasonOf((bytes) => bytes.fill(1, 5, 6)),
    'integrityFailure',
  );
  assert.is(
    reasonOf((bytes) => bytes.fill(0, 0, 1)),
    'notWellFormed',
  );
  assert.is(
    reasonOf((bytes) => bytes.fill(0xff, 64, 66)),
    'notWellFormed',
  );
  assert.is(storeIn(readPartitionTable(partitionTable([['nvs', 0, 2, 0, 1]]))), undefined);
  const bare = table.slice().fill(0xff, 64);
  assert.is(readPartitionTable(bare).length, 2, 'as it is built without an MD5');
});

test('what a board says moves no cursor, and a line without an end does not grow', () => {
  const lines: string[] = [];
  const monitor = new Monitor((line) => lines.push(line));
  const say = (text: string) => monitor.receive(new TextEncoder().encode(text));
  say('\u001b[0;32mI (27) boot: ok\u001b[0m\r\nta\tb\u0007\u0000 \u009b2J');
  say('é\n');
  assert.equal(lines, ['I (27) boot: ok', 'ta\tb é']);
  monitor.receive(Uint8Array.of(0xc3));
  monitor.receive(Uint8Array.of(0xa9, 0x0a));
  assert.is(lines[2], 'é');
  say('x'.repeat(5000));
  assert.is(lines.length, 4);
  assert.is(lines[3]!.length, 5000);
});

test.run();
