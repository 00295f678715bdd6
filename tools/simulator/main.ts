// SPDX-License-Identifier: Apache-2.0

/** `npm start`: a personal network at work. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { openRadio } from './ble/open-radio.ts';
import type { Radio } from './ble/radio.ts';
import { openBoard, setUpBoards } from './boards.ts';
import { createDisplay, type Display } from './display.ts';
import { type Options, parseOptions, USAGE, UsageError } from './options.ts';
import { type Row, readRows } from './readings.ts';
import { ExitStatus, exitStatus, jsonReport } from './report.ts';
import { run } from './run.ts';

const SAMPLE = fileURLToPath(new URL('sample.csv', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(USAGE);
    return ExitStatus.ok;
  }
  const rows = await openRows(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const names = [...new Set(options.boardNames)];
  const setupStatus = setUpBoards(names);
  if (setupStatus !== 0) return setupStatus;
  const radio = options.link === 'ble' ? await openRadioOf(options, () => display) : undefined;
  const opened = new Map(
    await Promise.all(names.map(async (name) => [name, await openBoard(name, radio)] as const)),
  );
  const boards = options.boardNames.map((name) => opened.get(name)!);
  const display = createDisplay(options, [...opened.values()]);
  const result = await run({
    ...options,
    boards,
    ...(radio !== undefined && { radio }),
    rows,
    stop: stop.signal,
    onAgreed: display.agreed,
    onProgress: display.progress,
    onSkipped: display.skipped,
    onProblem: display.problem,
  });
  const status = exitStatus(result, options.once);
  display.end(result, status);
  if (options.json) console.log(JSON.stringify(jsonReport(result, boards[0]!.engine, status), null, 2));
  return status;
}

/** `display` is there once the boards are. */
function openRadioOf({ once, input, json }: Options, display: () => Display): Promise<Radio> {
  const isAsked = !once && input !== '-' && !json && process.stdin.isTTY === true;
  return openRadio({
    typePasskey(pne, shown): Promise<number> {
      const text = String(shown).padStart(6, '0');
      if (isAsked) return askForPasskey(pne, text);
      display().passkey(pne, text);
      return Promise.resolve(shown);
    },
    onProblem: (pne, problem) => display().problem(`${pne}: ${problem}`),
  });
}

/** Whoever reads this types at the gateway what a PNE shows. Anything but six digits pairs nobody. */
async function askForPasskey(pne: string, shown: string): Promise<number> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const typed = await terminal.question(`${pne} shows ${shown}; type it at the gateway: `);
  terminal.close();
  return /^\d{6}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
}

async function openRows({ input, once }: Options): Promise<AsyncIterable<Row>> {
  if (input !== undefined) return readRows(await openInput(input));
  return once ? readRows(createReadStream(SAMPLE)) : sampleForever();
}

async function* sampleForever(): AsyncGenerator<Row> {
  for (;;) yield* readRows(createReadStream(SAMPLE));
}

async function openInput(path: string): Promise<Readable> {
  if (path === '-') return process.stdin;
  const stream = createReadStream(path);
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error) => reject(new UsageError(`cannot read ${path}: ${error.message}`)));
  });
  return stream;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`pne-runtime: ${error.message}`);
  process.exitCode = ExitStatus.usage;
}
