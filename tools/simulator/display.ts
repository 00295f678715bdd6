// SPDX-License-Identifier: Apache-2.0

/** What a person sees of a run: on a terminal a table that is drawn anew, else a line now and then. */
import type { Agreement } from '../../src/roles/interface.ts';
import type { Board } from './board.ts';
import type { PneFigures } from './figures.ts';
import type { Options } from './options.ts';
import type { SkippedRow } from './readings.ts';
import { ExitStatus, type ExitStatusCode, interfaceFacts } from './report.ts';
import type { RunResult } from './run.ts';

const REDRAW_MS = 200;
const LINE_MS = 2000;

export interface Display {
  agreed(agreement: Agreement): void;
  progress(pnes: readonly PneFigures[]): void;
  skipped(row: SkippedRow): void;
  problem(problem: string): void;
  /** A PNE shows a passkey, and it is typed at the gateway. */
  passkey(pne: string, shown: string): void;
  end(result: RunResult, status: ExitStatusCode): void;
}

/** With `--json` everything goes to stderr, so that stdout holds nothing but the document. */
export function createDisplay(options: Options, boards: readonly Board[]): Display {
  const stream = options.json ? process.stderr : process.stdout;
  const live = stream.isTTY === true;
  let lastDrawn = Date.now();
  let linesToErase = 0;

  stream.write(
    `${options.pnes} PNE${options.pnes > 1 ? 's' : ''} (${boards.map(boardText).join(', ')}) -> PN GW -> CPNS Server; ` +
      `${options.once ? 'ends after the input' : 'Ctrl-C ends'}\n`,
  );

  function say(line: string): void {
    erase();
    process.stderr.write(`${line}\n`);
  }

  function erase(): void {
    if (linesToErase > 0) stream.write(`\x1b[${linesToErase}A\x1b[J`);
    linesToErase = 0;
  }

  function draw(pnes: readonly PneFigures[]): void {
    erase();
    for (const pne of pnes) stream.write(`${pneLine(pne).slice(0, (live && stream.columns) || undefined)}\n`);
    linesToErase = live ? pnes.length : 0;
    lastDrawn = Date.now();
  }

  return {
    agreed(agreement): void {
      erase();
      stream.write(`${agreementLine(agreement)}\n`);
    },
    progress(pnes): void {
      if (Date.now() - lastDrawn < (live ? REDRAW_MS : LINE_MS)) return;
      if (live) draw(pnes);
      else stream.write(`${totalLine(pnes)}\n`);
      lastDrawn = Date.now();
    },
    skipped: ({ line, error }) => say(`line ${line} skipped: ${error}`),
    problem: say,
    passkey(pne, shown): void {
      erase();
      stream.write(`${pne}  shows ${shown}, typed at the gateway\n`);
    },
    end(result, status): void {
      draw(result.pnes);
      for (const { line, pne, problem } of result.missing.slice(0, 20)) {
        process.stderr.write(`line ${line} ${problem} at the server (sent by ${pne})\n`);
      }
      stream.write(`${verdict(result, status)}\n`);
    },
  };
}

function boardText({ name, engine }: Board): string {
  return `${name}: ${engine.name} ${engine.version}`;
}

function agreementLine(agreement: Agreement): string {
  const { name, pne, method, suite, ...facts } = interfaceFacts(agreement);
  const { integrity, confidentiality, handshakeBytes, handshakeMessages } = facts;
  return (
    `${pne}  ${name}  EDHOC method ${method}, suite ${suite}, ${handshakeBytes} bytes in ` +
    `${handshakeMessages} messages: ${confidentiality}, integrity ${integrity}`
  );
}

function pneLine(pne: PneFigures): string {
  const last = pne.last === undefined ? '' : `  last ${JSON.stringify(pne.last)}`;
  const refused = pne.refusedByPne + pne.refusedByServer;
  const heap = `heap ${pne.heapBytes.toLocaleString('en')} B (peak ${pne.heapPeakBytes.toLocaleString('en')})`;
  return `${pne.id}  ${pne.board}  sent ${pne.sent}  received ${pne.received}  refused ${refused}  ${heap}${last}`;
}

function totalLine(pnes: readonly PneFigures[]): string {
  const received = pnes.reduce((sum, pne) => sum + pne.received, 0);
  return `${received} readings received`;
}

function verdict(result: RunResult, status: ExitStatusCode): string {
  const received = result.pnes.reduce((sum, pne) => sum + pne.received, 0);
  const readings = `${received} reading${received === 1 ? '' : 's'} received and verified byte for byte`;
  if (status === ExitStatus.missing)
    return `FAILED: ${readings}, ${result.missing.length} missing or altered`;
  if (status === ExitStatus.skipped)
    return `${readings}; ${result.skipped.length} row(s) of the input skipped`;
  return readings;
}
