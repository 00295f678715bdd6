// SPDX-License-Identifier: Apache-2.0

/** An image is written by the bootloader of a simulated chip, or the line that says what to do is. */
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createFill } from '../../src/bytes/random.testing.ts';
import { encodeInvited, encodeProvisioning } from '../../src/roles/provisioning.ts';
import { imageOf } from '../provision/partition.ts';
import { type FlashJob, type FlashOptions, flash } from './flasher.ts';
import type { Identity } from './identity.ts';
import { type FlashPart, FlashProblem } from './part.ts';
import { Command, type SimulatedChipOptions } from './simulated-chip.testing.ts';
import type { ChipName } from './simulated-chips.testing.ts';
import { SimulatedPort } from './simulated-port.testing.ts';
import { restart } from './web-port.ts';

const test = suite('flasher');
const NVS_AT = 0x9000;

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function partOf(name: string, offset: number, bytes: Uint8Array): FlashPart {
  return { name, offset, bytes, md5: md5(bytes) };
}

function randomPart(name: string, offset: number, length: number): FlashPart {
  const bytes = new Uint8Array(length);
  createFill(offset + 1)(bytes);
  return partOf(name, offset, bytes);
}

const PARTS = Object.freeze([
  randomPart('bootloader', 0, 20_000),
  randomPart('partition table', 0x8000, 3072),
  randomPart('program', 0x10000, 90_004),
]);

function identity(provisioning: Uint8Array, replaces = false): Identity {
  const bytes = imageOf(provisioning);
  const blankMd5 = md5(new Uint8Array(bytes.length).fill(0xff));
  return { partition: partOf('identity', NVS_AT, bytes), blankMd5, replaces };
}

function invited(pneId: string, secret = new Uint8Array(16).fill(1)): Uint8Array {
  return encodeInvited({ pneId, gatewayAddress: '192.0.2.7', gatewayPort: 8751, secret });
}

interface Tried {
  /** '' where it went well. */
  readonly problem: string;
  readonly steps: readonly string[];
  readonly progress: readonly string[];
}

async function tryOn(
  port: SimulatedPort,
  job: Partial<FlashJob> = {},
  options: Partial<FlashOptions> = {},
): Promise<Tried> {
  const steps: string[] = [];
  const progress: string[] = [];
  const common = { port, baudRate: 460_800, usesStub: true, attempts: 3 };
  const all = {
    ...common,
    onStep: (step: string) => void steps.push(step),
    onProgress: (part: string, percent: number) => void progress.push(`${part} ${percent}`),
  };
  const problem = await flash({ ...all, ...options }, { chip: 'esp32c3', parts: PARTS, ...job }).then(
    () => '',
    (error: Error) => {
      if (!(error instanceof FlashProblem)) throw error;
      return error.message;
    },
  );
  return { problem, steps, progress };
}

function newPort(options: Partial<SimulatedChipOptions> = {}): SimulatedPort {
  return new SimulatedPort({ chip: 'ESP32-C3', ...options });
}

function assertWritten({ chip }: SimulatedPort, parts: readonly FlashPart[] = PARTS): void {
  for (const { name, offset, bytes } of parts)
    assert.is(md5(chip.flash.bytes.subarray(offset, offset + bytes.length)), md5(bytes), name);
}

const BOARDS: [ChipName, string][] = [
  ['ESP32', 'esp32'],
  ['ESP32-S3', 'esp32s3'],
  ['ESP32-C3', 'esp32c3'],
  ['ESP32-C6', 'esp32c6'],
];

for (const [chip, name] of BOARDS)
  for (const usesStub of [true, false])
    test(`${chip}, ${usesStub ? 'by the stub' : 'by its ROM'}: every part is written, verified and reported`, async () => {
      const port = newPort({ chip });
      const own = identity(invited('pne-1'));
      const { problem, steps, progress } = await tryOn(port, { chip: name, identity: own }, { usesStub });
      assert.is(problem, '');
      assertWritten(port, [...PARTS, own.partition]);
      assert.is(port.chip.hasStub, usesStub);
      assert.ok(steps.includes(`found an ${chip}`));
      assert.ok(steps.includes('program: 90004 bytes written and verified'));
      assert.ok(progress.includes('program 100'));
      assert.ok(progress.includes('identity 100'));
    });

test('it enters the bootloader by the lines of the port, and leaves it by them', async () => {
  const port = newPort({ greeting: 'pne-runtime' });
  assert.is((await tryOn(port)).problem, '');
  await restart(port);
  const before = port.chip.commands.length;
  port.chip.receive(Uint8Array.of(0xc0, 0, Command.sync, 0, 0, 0, 0, 0, 0, 0xc0));
  assert.is(port.chip.commands.length, before);
});

test('what is there already is not written again', async () => {
  const port = newPort();
  await tryOn(port);
  await port.close();
  const before = port.chip.commands.length;
  const { steps, problem } = await tryOn(port);
  assert.is(problem, '');
  assert.ok(steps.includes('program: there already'));
  assert.not.ok(port.chip.commands.slice(before).includes(Command.deflatedBegin));
});

test('a board without its button pressed, and one that is not there, say which button', async () => {
  const once = { attempts: 1 };
  const line = 'hold BOOT, press and release RESET, let go of BOOT, and run it again';
  assert.match((await tryOn(newPort({ ignoresLines: true }), {}, once)).problem, line);
  assert.match((await tryOn(newPort({ isThere: () => false }), {}, once)).problem, line);
  const pressed = newPort({ ignoresLines: true, isInBootloader: true });
  assert.match((await tryOn(pressed, {}, once)).problem, line, 'the lines restart it');
  const held = newPort({ isInBootloader: true });
  held.chip.setLines = () => {};
  assert.is((await tryOn(held)).problem, '');
});

test('another chip than the image is for is named, and nothing is written', async () => {
  const port = newPort({ chip: 'ESP32-C6' });
  const { problem } = await tryOn(port);
  assert.is(problem, 'the board has an ESP32-C6 and the image is for esp32c3: name board esp32c6');
  assert.not.ok(port.chip.commands.includes(Command.memoryBegin));
});

test('an image that the flash has no room for is not begun', async () => {
  const port = newPort({ flashBytes: 1024 ** 2 });
  const { problem } = await tryOn(port, { parts: [randomPart('program', 0xff000, 8192)] });
  assert.is(problem, 'the image takes 1052672 bytes and the board has 1MB of flash: take another board');
  assert.not.ok(port.chip.commands.includes(Command.deflatedBegin));
});

test('what reads otherwise than it was written is told', async () => {
  const port = newPort();
  port.chip.flash.worn = 0x10000 + 17;
  const { problem } = await tryOn(port);
  assert.match(problem, 'what was written at 0x10000 reads otherwise: run it again, with --baud 115200');
});

test('a board that stops answering is told with what it was at', async () => {
  const port = newPort({ isThere: (command) => command !== Command.memoryBegin });
  assert.match((await tryOn(port)).problem, 'the board stopped answering while preparing it');
});

test('nobody who is somebody becomes somebody else unless that is asked for', async () => {
  const port = newPort();
  assert.is((await tryOn(port, { identity: identity(invited('pne-1')) })).problem, '');
  await port.close();
  const other = identity(invited('pne-2'));
  const { problem } = await tryOn(port, { identity: other });
  assert.is(problem, 'the board is pne-1 already: only with --replace does it become pne-2');
  assertWritten(port, [identity(invited('pne-1')).partition]);
  await port.close();
  assert.is((await tryOn(port, { identity: identity(invited('pne-2'), true) })).problem, '');
  assertWritten(port, [other.partition]);
});

test('a board that has joined keeps what it has when its image is written again', async () => {
  const port = newPort();
  const used = imageOf(invited('pne-1', new Uint8Array(0)));
  port.chip.flash.write(NVS_AT, used);
  const { problem, steps } = await tryOn(port, { identity: identity(invited('pne-1')) });
  assert.is(problem, '');
  assert.ok(steps.includes('identity: the board is pne-1 already'));
  assertWritten(port, [partOf('identity', NVS_AT, used)]);
});

test('another secret, another key and a store that cannot be read are replaced only if that is asked for', async () => {
  const bytes = (seed: number) => new Uint8Array(32).fill(seed);
  const own = { ownCcs: bytes(2), gatewayCcs: bytes(3), serverCcs: bytes(4) };
  const place = { pneId: 'pne-1', gatewayAddress: 'g', gatewayPort: 1 };
  const keyed = (seed: number) => encodeProvisioning({ ...place, ...own, privateKey: bytes(seed) });
  const cases: [Uint8Array, Uint8Array, string][] = [
    [
      imageOf(invited('pne-1', new Uint8Array(16).fill(9))),
      invited('pne-1'),
      'is pne-1 already: only with --replace',
    ],
    [imageOf(keyed(1)), keyed(5), 'is pne-1 already: only with --replace'],
    [imageOf(keyed(1)), invited('pne-1'), 'is pne-1 already: only with --replace'],
    [
      imageOf(Uint8Array.of(1, 2, 3)),
      invited('pne-1'),
      'has a store that cannot be read: --replace overwrites it',
    ],
    [new Uint8Array(0x6000), invited('pne-1'), 'has a store that cannot be read: --replace overwrites it'],
  ];
  for (const [present, wanted, line] of cases) {
    const port = newPort();
    port.chip.flash.write(NVS_AT, present);
    assert.match((await tryOn(port, { parts: [], identity: identity(wanted) })).problem, line);
  }
});

test('the ROM alone cannot read who a board is, and overwrites nothing', async () => {
  const port = newPort();
  const own = identity(invited('pne-1'));
  const byRom = { usesStub: false };
  port.chip.flash.write(NVS_AT, own.partition.bytes);
  assert.is((await tryOn(port, { parts: [], identity: own }, byRom)).problem, '');
  await port.close();
  const other = identity(invited('pne-2'));
  assert.match(
    (await tryOn(port, { parts: [], identity: other }, byRom)).problem,
    'which the ROM cannot read',
  );
});

test.run();
