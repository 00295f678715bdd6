// SPDX-License-Identifier: Apache-2.0

/** `npm start`: a personal network at work. */
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PageFeed } from '../../src/node/page/feed.ts';
import { AttackDesk } from './attacks/desk.ts';
import { ATTACKS } from './attacks/table.ts';
import { openRadio } from './ble/open-radio.ts';
import type { Radio } from './ble/radio.ts';
import type { Board } from './board.ts';
import { openBoard, setUpBoards } from './boards.ts';
import { createDisplay, type Display } from './display.ts';
import { Endings } from './ending.ts';
import { ExitStatus } from './exit-status.ts';
import type { Row } from './input/row.ts';
import { openInput } from './input-stream.ts';
import { type Options, parseOptions } from './options.ts';
import { heldBack, openOutput } from './output.ts';
import { openPage, type Page } from './page.ts';
import { PasskeyPrompt } from './passkey-prompt.ts';
import { sayWhileWaiting } from './patience.ts';
import { readRows } from './readings.ts';
import { Repeats, refusalText } from './repeats.ts';
import { exitStatus, jsonReport } from './report.ts';
import { run } from './run.ts';
import { EvidenceMissing } from './scenario/ims/evidence.ts';
import { Scenario, scenarioLines } from './scenario/ims/scenario.ts';
import { runScenario } from './scenario/run-scenario.ts';
import { UsageError } from './usage-error.ts';

const SAMPLE = fileURLToPath(new URL('sample.csv', import.meta.url));

async function main(args: readonly string[], endings: Endings): Promise<number> {
  const options = parseOptions(args, process.env);
  if (options.note !== undefined) console.error(options.note);
  const { scenario: row } = options;
  if (row?.tell !== undefined) return runScenario(row, row.tell, options, endings);
  const lasting = new AbortController();
  const rows = openRows(options, lasting.signal);
  const output = openOutput(options, endings);
  const names = [...new Set(options.boardNames)];
  const setupStatus = setUpBoards(names);
  if (setupStatus !== 0) return endings.first?.status ?? setupStatus;
  let page: Page | undefined;
  const event: PageFeed['event'] = (...what) => page?.event(...what);
  const isAsked = asksForPasskeys(options);
  const radio =
    options.link === 'ble'
      ? await openRadioOf(
          isAsked,
          () => display,
          () => page,
        )
      : undefined;
  const opened = await openBoards(names, radio);
  const display = createDisplay(options, [...opened.values()]);
  const boards = options.boardNames.map((name) => opened.get(name)!);
  const desk = new AttackDesk(ATTACKS, (view) => {
    display.attack(view);
    page?.attack(view);
  });
  page = await openPage(options, boards, radio, desk);
  if (page !== undefined) display.page(page.url);
  const scenario = await openScenario(options, endings);
  for (const line of scenario?.lines ?? []) display.note(line);
  void Promise.all(options.attacks.map((name) => desk.launch(name))).then(() => lasting.abort());
  const refusals = new Repeats((entity, what) => {
    display.problem(refusalText(entity, what));
    event('refused', entity, what);
  });
  const result = await run({
    ...options,
    ...page?.hooks,
    boards,
    ...(radio !== undefined && { radio }),
    scenario,
    isOneByOne: isAsked,
    rows: output === undefined ? rows : heldBack(rows, output),
    stop: endings.signal,
    ...((page !== undefined || options.attacks.length > 0) && { attackers: desk }),
    onAgreed(agreement): void {
      display.agreed(agreement);
      page?.agreed(agreement);
      scenario?.agreed(agreement);
    },
    onProgress(pnes): void {
      display.progress(pnes);
      page?.progress(pnes);
    },
    onReading(pne, reading): void {
      output?.write(new Date(), pne, reading.id, reading.value);
      page?.reading(pne, reading);
    },
    onSkipped(row): void {
      display.skipped(row);
      event('skipped', undefined, `line ${row.line} of the input: ${row.error}`);
    },
    onRefused: (entity, reason) => refusals.add(entity, reason),
    onGroup(line): void {
      display.group(line);
      event('group', undefined, line);
    },
    onProblem(problem): void {
      display.problem(problem);
      event('problem', undefined, problem);
    },
    joining: {
      onCode(pne, code): void {
        display.code(pne, code);
        page?.code(pne, code);
      },
      onJoined(pne): void {
        display.joined(pne);
        page?.joined(pne);
      },
    },
  });
  refusals.flush();
  await output?.end();
  await page?.close();
  const attacks = desk.views.filter(({ name }) => options.attacks.includes(name));
  const status = exitStatus(result, endings.first?.status, attacks, scenario?.isWhole);
  const facts = scenario?.facts(result.agreements);
  await scenario?.close();
  display.end(result, status, attacks);
  if (facts !== undefined && status !== ExitStatus.evidence)
    for (const line of scenarioLines(facts)) display.note(line);
  if (options.json)
    console.log(JSON.stringify(jsonReport(result, boards[0]!.engine, status, attacks, facts), null, 2));
  return status;
}

async function openScenario({ scenario, without }: Options, endings: Endings): Promise<Scenario | undefined> {
  if (scenario === undefined) return undefined;
  const onMissing = (problem: string) => endings.end({ status: ExitStatus.evidence, problem });
  return Scenario.open({ without, onMissing });
}

async function openBoards(names: readonly string[], radio?: Radio): Promise<Map<string, Board>> {
  const waiting = sayWhileWaiting((seconds) => `still building the firmware (${seconds} s)`, console.error);
  const all = names.map(async (name) => [name, await openBoard(name, radio)] as const);
  return new Map(await Promise.all(all).finally(waiting.stop));
}

/** A person can be asked where one sits there, and has nothing else to type. */
function asksForPasskeys({ once, input, json, output, link }: Options): boolean {
  const isFree = link === 'ble' && !once && input !== '-' && !json && output !== '-';
  return isFree && process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** `display` is there once the boards are. */
function openRadioOf(isAsked: boolean, display: () => Display, page: () => Page | undefined): Promise<Radio> {
  const screen = {
    ask: (question: string) => display().ask(question),
    answered: () => display().answered(),
    say: (line: string) => display().problem(line),
  };
  const prompt = isAsked ? new PasskeyPrompt(process.stdin, screen) : undefined;
  return openRadio({
    typePasskey(pne, shown, signal): Promise<number> {
      page()?.passkey(pne);
      // A device that has an address in place of a name is an attacker's: nobody is asked about it.
      if (prompt !== undefined && !pne.includes(':')) return prompt.ask(pne, shown, signal);
      display().passkey(pne, String(shown).padStart(6, '0'));
      return Promise.resolve(shown);
    },
    onProblem(pne, problem): void {
      display().problem(`${pne}: ${problem}`);
      page()?.event('problem', pne, problem);
    },
  });
}

/** `attacked` is aborted when attacks are over: they need readings. */
function openRows({ input, delimiter, once, attacks }: Options, attacked: AbortSignal): AsyncIterable<Row> {
  if (input !== undefined) return readRows(openInput(input), delimiter);
  if (!once) return sampleForever();
  return attacks.length > 0 ? sampleUntil(attacked) : readRows(createReadStream(SAMPLE));
}

async function* sampleForever(): AsyncGenerator<Row> {
  for (;;) yield* readRows(createReadStream(SAMPLE));
}

async function* sampleUntil(over: AbortSignal): AsyncGenerator<Row> {
  for await (const row of sampleForever()) {
    if (over.aborted) return;
    yield row;
  }
}

/** A command line or an input that cannot be used, or a place that nothing can be written to. */
function isOfTheUser(error: unknown): error is Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  return error instanceof UsageError || ['EROFS', 'EACCES', 'ENOSPC', 'EDQUOT'].includes(code);
}

/** Where an input is still open, nothing else would end the process. */
async function runToEnd(): Promise<never> {
  const endings = new Endings();
  endings.watch();
  const status = await main(process.argv.slice(2), endings).catch((error: unknown) => {
    if (error instanceof EvidenceMissing) return ExitStatus.evidence;
    if (!isOfTheUser(error)) throw error;
    console.error(`pne-runtime: ${error.message}`);
    return ExitStatus.usage;
  });
  if (endings.first?.problem !== undefined) console.error(`pne-runtime: ${endings.first.problem}`);
  process.exit(status);
}

await runToEnd();
