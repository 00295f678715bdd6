// SPDX-License-Identifier: Apache-2.0

/** What a person sees of a run: on a terminal a table that is drawn anew, else a line now and then. */
import { qrLines } from '../../src/node/onboarding-qr.ts';
import { interfaceFacts } from '../../src/node/page/interface-facts.ts';
import type { AttackView } from '../../src/node/page/state.ts';
import type { Agreement } from '../../src/roles/interface.ts';
import type { Board } from './board.ts';
import { ExitStatus } from './exit-status.ts';
import type { PneFigures } from './figures.ts';
import type { SkippedRow } from './input/row.ts';
import type { MissingReading } from './ledger.ts';
import type { Options } from './options.ts';
import { sayWhileWaiting } from './patience.ts';
import type { RunResult } from './run-options.ts';

const REDRAW_MS = 200;
const LINE_MS = 2000;
/** Missing readings that are named. The others are counted. */
const MAX_NAMED = 20;

/** Where a line is shorter, the code is shown as text alone. */
const MIN_QR_COLUMNS = 40;

/** What the lines below them mean. */
const WORDS: readonly string[] = Object.freeze([
  'CPNS-1 is PNE to gateway, CPNS-2 gateway to server, CPNS-3 PNE to server through them. All are secured by EDHOC',
  '(RFC 9528), a key exchange: method 3 has both ends prove static Diffie-Hellman keys, suite 2 is P-256 and SHA-256',
]);

export interface Display {
  agreed(agreement: Agreement): void;
  progress(pnes: readonly PneFigures[]): void;
  /** What is said of a run as a whole. */
  note(line: string): void;
  /** Something happened to a group. */
  group(line: string): void;
  skipped(row: SkippedRow): void;
  problem(problem: string): void;
  /** A PNE shows a passkey, and it is typed at the gateway. */
  passkey(pne: string, shown: string): void;
  /** A PNE is to join by a code; it has. */
  code(pne: string, code: string): void;
  joined(pne: string): void;
  /** Somebody is asked; what is shown meanwhile stands above the question. */
  ask(question: string): void;
  answered(): void;
  attack(view: AttackView): void;
  /** The run is a page too. */
  page(url: string): void;
  /** `attacks`: those that the run was asked for. */
  end(result: RunResult, status: number, attacks: readonly AttackView[]): void;
}

/** Where standard output holds nothing but a document or readings, everything goes to standard error. */
export function createDisplay(options: Options, boards: readonly Board[]): Display {
  const stream = options.json || options.output === '-' ? process.stderr : process.stdout;
  const live = stream.isTTY === true;
  let lastDrawn = Date.now();
  let lastTotal = 0;
  let linesToErase = 0;
  let question: string | undefined;

  const secured = new Set<string>();
  const waiting = sayWhileWaiting(
    (seconds) =>
      question === undefined
        ? `${options.pnes - secured.size} of ${options.pnes} PNEs are not secured yet (${seconds} s)`
        : undefined,
    print,
  );

  print(
    `${options.pnes} PNE${options.pnes > 1 ? 's' : ''} (${boards.map(boardText).join(', ')}) -> PN GW -> CPNS Server; ` +
      `${options.once ? 'ends after the input' : 'Ctrl-C ends'}`,
  );
  for (const line of WORDS) print(line);

  function print(line: string, target: NodeJS.WriteStream = stream): void {
    erase();
    if (question !== undefined && live) stream.write('\r\x1b[K');
    target.write(`${line}\n`);
    if (question !== undefined && live) stream.write(question);
  }

  function say(line: string): void {
    print(line, process.stderr);
  }

  function erase(): void {
    if (linesToErase > 0) stream.write(`\x1b[${linesToErase}A\x1b[J`);
    linesToErase = 0;
  }

  function draw(pnes: readonly PneFigures[]): void {
    erase();
    for (const pne of pnes) stream.write(`${pneLine(pne).slice(0, (live && stream.columns) || undefined)}\n`);
    linesToErase = live ? pnes.length : 0;
  }

  /** A log says a total when it is another one. */
  function log(pnes: readonly PneFigures[]): void {
    const total = totalOf(pnes);
    if (total !== lastTotal) stream.write(`${total} readings received\n`);
    lastTotal = total;
  }

  return {
    agreed(agreement): void {
      print(agreementLine(agreement));
      if (agreement.name === 'CPNS-3') secured.add(agreement.peer.subject ?? '');
      if (secured.size === options.pnes) waiting.stop();
    },
    progress(pnes): void {
      if (question !== undefined || Date.now() - lastDrawn < (live ? REDRAW_MS : LINE_MS)) return;
      if (live) draw(pnes);
      else log(pnes);
      lastDrawn = Date.now();
    },
    note: (line) => print(line),
    group: (line) => print(line),
    skipped: ({ line, error }) => say(`line ${line} skipped: ${error}`),
    problem: say,
    passkey: (pne, shown) => print(`${pne}  shows ${shown}, typed at the gateway`),
    code(pne, code): void {
      print(`${pne}  joins by the code ${code}`);
      if (live && (stream.columns ?? 0) >= MIN_QR_COLUMNS) for (const line of qrLines(code)) print(line);
    },
    joined: (pne) => print(`${pne}  has joined: the code is used up`),
    ask(asked): void {
      erase();
      question = asked;
      stream.write(asked);
    },
    answered(): void {
      question = undefined;
    },
    attack(view): void {
      if (view.status === 'under way') print(`attack ${view.name}: ${view.does}`);
      for (const line of attackLines(view)) print(`attack ${view.name}  ${line}`);
    },
    page: (url) => print(`look at it: ${url}`),
    end(result, status, attacks): void {
      waiting.stop();
      if (question !== undefined) stream.write('\n');
      question = undefined;
      draw(result.pnes);
      linesToErase = 0;
      for (const missing of result.missing.slice(0, MAX_NAMED))
        process.stderr.write(`${missingLine(missing)}\n`);
      const more = result.missing.length - MAX_NAMED;
      if (more > 0) process.stderr.write(`and ${more.toLocaleString('en')} more\n`);
      stream.write(`${verdict(result, status)}${notRefused(attacks)}\n`);
    },
  };
}

/** Of one that is over. */
function attackLines({ status, reason, clause, lines, fared, control }: AttackView): string[] {
  if (status === 'failed') return [`FAILED: ${lines.join('; ')}`];
  if (fared === undefined) return [];
  const { received, lost, doubled, altered } = fared;
  const how = reason === undefined ? '' : ` as ${reason.name} (${reason.number})`;
  return [
    `${status === 'refused' ? `refused${how}` : 'SUCCEEDED'}, SPEC.md: ${clause}`,
    `${counted(received, 'reading')} arrived meanwhile, ${lost} lost, ${doubled} doubled, ${altered} altered`,
    `works with ${control}`,
  ];
}

function missingLine({ line, pne, problem }: MissingReading): string {
  if (pne === undefined) return `line ${line} was given to no PNE`;
  return `line ${line} ${problem} at the server (given to ${pne})`;
}

function boardText({ name, engine }: Board): string {
  return `${name}: ${engine.name} ${engine.version}`;
}

function agreementLine(agreement: Agreement): string {
  const { name, pne, gateway, entity, method, suite, ...facts } = interfaceFacts(agreement);
  const { integrity, confidentiality, handshakeBytes, handshakeMessages } = facts;
  return (
    `${pne ?? gateway ?? entity}  ${name}  EDHOC method ${method}, suite ${suite}, ${handshakeBytes} bytes in ` +
    `${handshakeMessages} messages: ${confidentiality}, integrity ${integrity}`
  );
}

function pneLine(pne: PneFigures): string {
  const last = pne.last === undefined ? '' : `  last ${JSON.stringify(pne.last)}`;
  const refused = pne.refusedByPne + pne.refusedByServer;
  const heap = `heap ${pne.heapBytes.toLocaleString('en')} B (peak ${pne.heapPeakBytes.toLocaleString('en')})`;
  return `${pne.id}  ${pne.board}  sent ${pne.sent}  received ${pne.received}  refused ${refused}  ${heap}${last}`;
}

function totalOf(pnes: readonly PneFigures[]): number {
  return pnes.reduce((sum, pne) => sum + pne.received, 0);
}

function verdict({ pnes, missing, underWay, skippedCount }: RunResult, status: number): string {
  const received = totalOf(pnes);
  const readings = `${counted(received, 'reading')} received and verified byte for byte`;
  const skipped = skippedCount > 0 ? `; ${counted(skippedCount, 'row')} of the input skipped` : '';
  if (status === ExitStatus.missing) {
    const lost = pnes.filter((pne) => pne.lost).map(({ id }) => id);
    const ended = lost.length > 0 ? `; ${lost.join(', ')} ended` : '';
    return `FAILED: ${readings}; ${missing.length} missing or altered${ended}${skipped}`;
  }
  if (status === ExitStatus.ok || status === ExitStatus.skipped) return `${readings}${skipped}`;
  if (status === ExitStatus.evidence) return `REFUSED, for evidence is missing: ${readings}`;
  return `interrupted: ${readings}; ${underWay} under way${skipped}`;
}

function notRefused(attacks: readonly AttackView[]): string {
  const names = attacks.filter(({ status }) => status !== 'refused').map(({ name }) => name);
  return names.length > 0 ? `; attacks that were not refused: ${names.join(', ')}` : '';
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
