// SPDX-License-Identifier: Apache-2.0

/** The benchmark of a board at a port that is simulated. What speaks there is the program itself, built for this machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { hasNativeCrypto, spawnXs } from '../build/xs.ts';
import { NodePort } from '../flash/node-port.ts';
import { LINUX_MEMORY } from './linux-conditions.ts';
import { type BoardPort, measureOnPort } from './port.ts';
import { bundleBench } from './program.ts';
import type { BenchRow } from './rows.ts';

const PTY = fileURLToPath(new URL('../../src/node/ble/pty.testing.c', import.meta.url));
const START = '{"figures":2,"unit":"cycles","perMicrosecond":160}';
const RECORD = '{"op":"record.protect","bytes":64,"value":20000.4}';
const IN_C = '{"provider":"c","op":"record.protect","bytes":64,"value":16000}';
const OPTIONS = { board: 'esp32c3', instructionNs: undefined, silenceMs: 60_000 };
const NO_PROGRESS = () => {};

const test = suite('bench, a port');
const children = new Set<ChildProcess>();
const endAll = () => {
  for (const child of children) child.kill('SIGKILL');
};
process.on('exit', endAll);
test.after(endAll);

test('a chip gives cycles and microseconds', async () => {
  const rows = await heard('ESP-ROM:esp32c3', START, RECORD, IN_C);
  assert.equal(
    rows.map(({ board, engine, provider, op, unit, value, us }) => [
      board,
      engine,
      provider,
      op,
      unit,
      value,
      us,
    ]),
    [
      ['esp32c3', 'XS', 'native', 'record.protect', 'cycles', 20_000, 20_000.4 / 160],
      ['esp32c3', 'C', 'c', 'record.protect', 'cycles', 16_000, 100],
    ],
  );
});

test('an emulator gives instructions, and no time', async () => {
  const [row] = await measure({ instructionNs: 8 }, START, RECORD, IN_C);
  assert.equal([row!.unit, row!.value, 'us' in row!], ['instructions', 15_625, false]);
});

test('what is left of a run before it is none of it', async () => {
  assert.is((await heard(IN_C, START, RECORD, START, RECORD, IN_C)).length, 2);
});

for (const [name, lines, pattern] of [
  [
    'a board that begins again and again',
    [START, 'abort: memory full', START, START],
    /begins again and again: abort: memory full$/,
  ],
  [
    'a line that lost some of its bytes',
    [START, '{"op":"record.pro'],
    /^no figure of a benchmark: \{"op":"record\.pro$/,
  ],
  ['a figure that is none', [START, '{"op":"record.protect","bytes":64,"value":null}'], /^no figure/],
  ['a figure of nobody', [START, '{"provider":"x","op":"a","bytes":1,"value":1}'], /^no figure/],
  ['a name that moves the cursor', [START, '{"op":"\\u001b[2J","bytes":1,"value":1}'], /^no figure/],
  ['more figures than a benchmark has', ['{"figures":100000,"unit":"cycles"}'], /^no figure/],
  ['figures in a unit that is not known', ['{"figures":2,"unit":"furlongs"}'], /^no figure/],
] as const) {
  test(`${name} is refused in a line`, async () => {
    const refused = await heard(...lines).then(
      () => '',
      (error: Error) => error.message,
    );
    assert.match(refused, pattern);
  });
}

test('a board that says nothing is told of, with what to do', async () => {
  const silent = await measure({ silenceMs: 1 }, 'waiting for download').then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(silent, /gave no figure for 0\.001 s: write pne-bench to the board/);
});

test('the program itself, built for this machine, is read at a serial port', async () => {
  if (!hasNativeCrypto()) return console.log('  left out: no native cryptography here');
  const bundle = await bundleBench('main-device', 'record.protectInto', 'native');
  const { path, end } = await openPty();
  class Port extends NodePort {
    override async open(options: { readonly baudRate: number }): Promise<void> {
      await super.open(options);
      const child = spawnXs(bundle, { env: { PNE_STORE: scratchFolder() }, memory: LINUX_MEMORY });
      children.add(child);
      child.stdout!.pipe(end, { end: false });
    }
  }
  const port = new Port(path);
  const rows = await measureOnPort({ ...OPTIONS, port }, '', NO_PROGRESS);
  assert.equal(
    rows.map(({ provider, op, bytes, unit }) => [provider, op, bytes, unit]),
    [
      ['native', 'record.protectInto', 64, 'us'],
      ['native', 'record.protectInto', 1024, 'us'],
      ['c', 'record.protectInto', 64, 'us'],
      ['c', 'record.protectInto', 1024, 'us'],
    ],
  );
});

function heard(...lines: readonly string[]): Promise<BenchRow[]> {
  return measure({}, ...lines);
}

function measure(
  options: { readonly instructionNs?: number; readonly silenceMs?: number },
  ...lines: readonly string[]
): Promise<BenchRow[]> {
  return measureOnPort({ ...OPTIONS, port: speaking(lines), ...options }, '', NO_PROGRESS);
}

/** Of a board that says this when it is restarted. */
function speaking(lines: readonly string[]): BoardPort {
  let hear: (bytes: Uint8Array) => void = () => {};
  return {
    async open() {},
    async close() {},
    listen(onBytes) {
      hear = onBytes;
    },
    async setSignals({ requestToSend }) {
      if (requestToSend === false) for (const line of lines) hear(Buffer.from(`${line}\r\n`));
    },
    gone: new Promise(() => {}),
  };
}

/** A port, and what is behind it. */
async function openPty() {
  const program = join(scratchFolder(), 'pty');
  execFileSync('cc', ['-o', program, PTY]);
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  child.stdin.on('error', () => {});
  const [line] = await once(child.stdout, 'data');
  return { path: String(line).trim(), end: child.stdin };
}

test.run();
