// SPDX-License-Identifier: Apache-2.0

/** `npm run flash` as its user types it, with a simulated board on a pseudo-terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import '../../src/node/failing.testing.ts';
import { IMAGE, readImage } from '../provision/images.ts';
import { provisioningIn } from '../provision/partition.ts';
import { buildFolder, NVS, newDevice } from './image.testing.ts';
import { identityFor, imageIn, partsOf } from './image.ts';
import { NodePort } from './node-port.ts';
import { readCommand } from './options.ts';
import { type SimulatedBoard, startBoard } from './simulated-board.testing.ts';
import { Command } from './simulated-chip.testing.ts';

const test = suite('flash');
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PATIENCE_MS = 60_000;

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  says(what: string): Promise<void>;
  readonly ended: Promise<{ readonly status: number | null; readonly said: string }>;
}

function start(...args: string[]): Run {
  return startIn({}, ...args);
}

function startIn(environment: NodeJS.ProcessEnv, ...args: string[]): Run {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { env, timeout: PATIENCE_MS });
  children.add(child);
  let said = '';
  const hear = (text: string) => {
    said += text;
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const ended = new Promise<{ status: number | null; said: string }>((resolve) => {
    child.once('close', (status) => resolve({ status, said }));
  });
  return {
    child,
    ended,
    async says(what): Promise<void> {
      const end = Date.now() + PATIENCE_MS;
      while (!said.includes(what)) {
        if (Date.now() > end || child.exitCode !== null) throw new Error(`never said ${what}: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

function run(...args: string[]) {
  return start(...args).ended;
}

function partitionOf({ chip }: SimulatedBoard): Uint8Array {
  return chip.flash.bytes.slice(NVS.offset, NVS.offset + NVS.size);
}

test('a board gets its image and its identity, and is shown until its cable is pulled', async () => {
  const board = await startBoard({ chip: 'ESP32-C3' });
  const [image, device] = [buildFolder('esp32c3'), newDevice('pne-1')];
  const flashing = start('esp32c3', board.path, '--image', image, '--provision', device);
  await flashing.says('Ctrl-C ends this');
  board.say('\u001b[31mpne-runtime 0.1.0, esp32c3\u001b[0m\r\n\u0007\u001b[2Jready\n');
  await flashing.says('ready\n');
  board.pull();
  const { status, said } = await flashing.ended;
  assert.match(said, 'found an ESP32-C3\n');
  assert.match(said, 'program: 40004 bytes written and verified\n');
  assert.match(said, 'identity: 24576 bytes written and verified\n');
  assert.match(said, '\npne-runtime 0.1.0, esp32c3\nready\n', 'nothing of it moves the cursor');
  assert.match(said, `flash: ${board.path} went away: check cable and power`);
  assert.is(status, 1);
  const application = readFileSync(join(image, 'xs_esp32.bin'));
  assert.equal(Buffer.from(board.chip.flash.bytes.slice(0x10000, 0x10000 + application.length)), application);
  assert.equal(provisioningIn(partitionOf(board)), readImage(join(device, IMAGE)));
});

test('without a monitor it ends; a board that is somebody else stays who it is', async () => {
  const board = await startBoard({ chip: 'ESP32-C6' });
  const image = buildFolder('esp32c6');
  const common = ['esp32c6', board.path, '--image', image, '--no-monitor', '--no-stub', '--provision'];
  const first = await run(...common, newDevice('pne-1'));
  assert.is(first.status, 0, first.said);
  board.chip.hasStub = false;
  const before = partitionOf(board);
  const second = await run(...common.filter((each) => each !== '--no-stub'), newDevice('pne-2'));
  assert.match(second.said, 'flash: the board is pne-1 already: only with --replace does it become pne-2\n');
  assert.is(second.status, 1);
  assert.equal(partitionOf(board), before);
  board.pull();
});

test('a cable that is pulled while it writes is told at once', async () => {
  const board = await startBoard({
    chip: 'ESP32-C3',
    isThere(command): boolean {
      if (command === Command.deflatedData) board.pull();
      return command !== Command.deflatedData;
    },
  });
  const { said, status } = await run('esp32c3', board.path, '--image', buildFolder('esp32c3'));
  assert.match(said, `flash: ${board.path} went away: check cable and power, and run it again\n`);
  assert.is(status, 1);
});

test('a port that somebody has is named with who has it', async () => {
  const board = await startBoard({ chip: 'ESP32-C3' });
  const holder = new NodePort(board.path);
  await holder.open({ baudRate: 115_200 });
  const { said, status } = await run('esp32c3', board.path, '--image', buildFolder('esp32c3'));
  assert.match(said, new RegExp(`flash: ${board.path} is in use by .+ \\(\\d+\\): end that\n`));
  assert.is(status, 1);
  await holder.close();
  board.pull();
});

test('what cannot be done is a line that says what to do, and a status', async () => {
  const line = 'flash: no port /dev/ttyUSB97: connect the board by a cable that carries data\n';
  const [missing, misused] = await Promise.all([run('esp32c3', '/dev/ttyUSB97'), run('linux')]);
  assert.equal(missing, { status: 1, said: line });
  assert.match(misused.said, 'of linux the store is written: name it');
  assert.is(misused.status, 2);
});

test('an SDK of another version is named before anything is built', async () => {
  const board = await startBoard({ chip: 'ESP32-C3' });
  const sdk = scratchFolder();
  mkdirSync(join(sdk, 'tools'));
  writeFileSync(join(sdk, 'tools/VERSION'), '8.1.0\n');
  const { said, status } = await startIn({ MODDABLE: sdk }, 'esp32c3', board.path).ended;
  assert.is(said, `flash: Moddable SDK: 8.1.0 in ${sdk}; update it to 8.2.3 or later\n`);
  assert.is(status, 1);
  assert.equal(board.chip.commands, []);
  board.pull();
});

test('a command line that says nothing that can be done is refused', () => {
  const wrong: [string, string[]][] = [
    ['name a board: one of esp32, esp32s3', ['nrf52']],
    ['name a board', []],
    ['there is nothing after the port', ['esp32', 'port', 'more']],
    ['--replace says that', ['esp32c3', '--replace']],
    ['--baud takes', ['esp32c3', '--baud', 'fast']],
    ['--program takes one of pne, pne-ble', ['esp32c3', '--program', 'blink']],
    ["Unknown option '--erase'", ['esp32c3', '--erase']],
  ];
  for (const [line, args] of wrong) assert.throws(() => readCommand(args), line);
  assert.is(readCommand(['--help']), undefined);
});

test('files that are no image, or of another chip, and no device are named', () => {
  const [image, other, empty] = [buildFolder('esp32c3'), buildFolder('esp32c6'), scratchFolder()];
  const application = join(image, 'xs_esp32.bin');
  const parts = partsOf(imageIn(image));
  assert.throws(() => imageIn(empty), 'holds no flasher_args.json');
  assert.throws(() => partsOf({ ...imageIn(other), chip: 'esp32c3' }), 'is no image for esp32c3');
  assert.throws(() => identityFor(empty, false, parts), 'npm run provision makes it');
  writeFileSync(join(empty, IMAGE), 'nobody');
  assert.throws(() => identityFor(empty, false, parts), 'holds no device');
  const device = newDevice('pne-1');
  assert.throws(() => identityFor(device, false, parts.slice(0, 1)), 'no partition nvs of 24576 bytes');
  writeFileSync(application, 'short');
  assert.throws(() => partsOf(imageIn(image)), 'is no image for esp32c3');
  rmSync(application);
  assert.throws(() => partsOf(imageIn(image)), 'is missing: build the image again');
  for (const text of ['', '{', '[]', '{"flash_files":{}}']) {
    writeFileSync(join(image, 'flasher_args.json'), text);
    assert.throws(() => imageIn(image), 'cannot be used');
  }
});

test('a dry run says what would be written, and writes nothing', async () => {
  const board = await startBoard({ chip: 'ESP32-C3' });
  const given = ['--image', buildFolder('esp32c3'), '--provision', newDevice('pne-1')];
  const { said, status } = await run('esp32c3', board.path, '--dry-run', ...given);
  assert.is(status, 0, said);
  assert.match(said, '0x000000  bootloader, 9000 bytes');
  assert.match(said, '0x008000  partition table, 3072 bytes');
  assert.match(said, '0x009000  identity, 24576 bytes');
  assert.equal(board.chip.commands, []);
  board.pull();
});

test('the stores of boards without a bootloader are written from the same folder', async () => {
  const [folder, device] = [scratchFolder(), newDevice('pne-1')];
  const [store, flash] = [join(folder, 'store'), join(folder, 'flash')];
  const [linux, rv32] = await Promise.all([
    run('linux', store, '--provision', device),
    run('qemu-rv32', flash, '--provision', device),
  ]);
  assert.equal([linux.status, rv32.status], [0, 0], linux.said + rv32.said);
  assert.equal(
    Uint8Array.from(readFileSync(join(store, 'pne/provisioning'))),
    readImage(join(device, IMAGE)),
  );
  assert.ok(existsSync(flash));
});

test.run();
