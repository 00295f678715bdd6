// SPDX-License-Identifier: Apache-2.0

/**
 * The bootloader in the ROM of an ESP32-C3, which Espressif's emulator runs, is written to as `npm run flash --no-stub`
 * does. What is written is short: after some 17 KB that emulator's line stops, for esptool too, and the stub does not
 * start in it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes } from '../../src/bytes/compare.ts';
import { encodeInvited } from '../../src/roles/provisioning.ts';
import { type FlashJob, flash } from '../flash/flasher.ts';
import { identityAt, partOf } from '../flash/image.ts';
import { NodePort } from '../flash/node-port.ts';
import { FlashProblem, ROM_RATE } from '../flash/part.ts';
import { imageOf, PARTITION_BYTES } from '../provision/partition.ts';
import { endWithUs } from '../simulator/ending.ts';
import { missingEmulator } from '../simulator/esp32.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const STAGE = 'esp32 bootloader';
const FLASH_BYTES = 4 * 1024 * 1024;
const PROGRAM = { offset: 0x10000, length: 9000 } as const;
const STORE = { offset: 0x9000, size: PARTITION_BYTES } as const;
/** Straps as with BOOT pressed. */
const DOWNLOAD = ['-global', 'driver=esp32c3.gpio,property=strap_mode,value=0x02'];

export async function testEsp32Bootloader(tally: Tally): Promise<void> {
  if (!tally.wantsStage(STAGE)) return;
  const missing = await missingEmulator('esp32c3');
  if (missing !== undefined) return console.log(`left out  ${STAGE}: ${missing}`);
  await tally.run(STAGE, 'a program and an identity by the ROM of an ESP32-C3', check);
}

async function check(): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'pne-rom-'));
  const file = join(folder, 'flash');
  try {
    await writeFile(file, Buffer.alloc(FLASH_BYTES, 0xff), { mode: 0o600 });
    const job = jobFor('pne-1');
    if ((await write(file, job)) !== undefined) throw new CheckFailure('it was not written');
    if ((await write(file, job)) !== undefined)
      throw new CheckFailure('what was there was not left as it was');
    const problem = await write(file, jobFor('pne-2'));
    if (!problem?.includes('which the ROM cannot read')) throw new CheckFailure(`replaced: ${problem}`);
    const written = await readFile(file);
    for (const { name, offset, bytes } of [...job.parts, job.identity!.partition])
      if (!equalBytes(written.subarray(offset, offset + bytes.length), bytes))
        throw new CheckFailure(`the ${name} is another one in flash`);
    return { passed: 3 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function jobFor(pneId: string): FlashJob {
  const place = { pneId, gatewayAddress: '192.0.2.7', gatewayPort: 8751 };
  const provisioning = encodeInvited({ ...place, secret: new Uint8Array(16).fill(7) });
  const program = Uint8Array.from({ length: PROGRAM.length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
  return {
    chip: 'esp32c3',
    parts: [partOf('program', PROGRAM.offset, program)],
    identity: identityAt(STORE, imageOf(provisioning), false),
  };
}

/** Returns what was wrong. Each time the chip is started anew, into its bootloader. */
async function write(file: string, job: FlashJob): Promise<string | undefined> {
  const child = spawn('qemu-system-riscv32', [
    ...['-machine', 'esp32c3', ...DOWNLOAD, '-display', 'none', '-monitor', 'none'],
    ...['-drive', `file=${file},if=mtd,format=raw`, '-serial', 'pty'],
  ]);
  endWithUs(child);
  try {
    const port = new NodePort(await portOf(child));
    const close = await flash(
      { port, baudRate: ROM_RATE, usesStub: false, onStep() {}, onProgress() {} },
      job,
    );
    await close();
    return undefined;
  } catch (error) {
    if (!(error instanceof FlashProblem)) throw error;
    return error.message;
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill();
    await ended;
  }
}

/** The emulator names its end of the line. */
function portOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: Buffer) => {
      said += text;
      const [path] = /\/dev\/pts\/\d+/.exec(said) ?? [];
      if (path !== undefined) resolve(path);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('close', () => reject(new CheckFailure(`the emulator ended: ${said}`)));
  });
}
