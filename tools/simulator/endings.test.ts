// SPDX-License-Identifier: Apache-2.0

/** How a run ends: signals, outputs that take nothing more, prompts that nobody answers. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMAND, type Line, linesOf, Run, rows, workplaceOf } from './process.testing.ts';

const test = suite('simulator/endings');

const place = workplaceOf(test);
const { start, leftovers } = place;

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends a run with its table, one true line and status ${status}, however often it comes`, async () => {
    const run = start('--pnes', '2', '--interval', '5');
    await run.until(() => run.stdout.includes('readings received'), 'readings');
    for (let times = 0; times < 5; times += 1) run.child.kill(signal);
    const again = setInterval(() => run.child.kill(signal), 1);
    const ended = await run.ended;
    clearInterval(again);
    assert.is(ended.status, status);
    const [first = '', second = '', verdict = ''] = ended.stdout.trim().split('\n').slice(-3);
    const counts = [first, second].map((line) => {
      const [, sent, received] = line.match(/sent (\d+) {2}received (\d+)/) ?? [];
      assert.ok(Number(sent) >= Number(received), line);
      return Number(received);
    });
    // One of the two may not have got that far.
    assert.ok(counts[0]! + counts[1]! > 0);
    assert.match(verdict, /^interrupted: \d+ readings received and verified byte for byte; \d+ under way$/);
    assert.is(ended.stderr, '');
    assert.equal(leftovers(), []);
  });
}

test('an interrupted run that was to end after its input has lost nothing that it names', async () => {
  const run = start('--once', '--json', '--interval', '20', '--input', '-');
  run.child.stdin?.write(rows(5000));
  await run.until(() => run.stderr.includes('readings received'), 'readings');
  run.child.kill('SIGINT');
  const { status, stdout } = await run.ended;
  assert.is(status, 130);
  const { ok, missing, underWay } = JSON.parse(stdout) as {
    ok: boolean;
    missing: unknown[];
    underWay: number;
  };
  assert.is(ok, false);
  assert.equal(missing, []);
  assert.ok(underWay <= 3 * 8);
});

test('a reader that goes away, such as head, ends the run in one line', async () => {
  const run = start('--interval', '5');
  await run.until(() => run.stdout.includes('CPNS-3'), 'an agreement');
  run.child.stdout?.destroy();
  const { status, stderr } = await run.ended;
  assert.is(status, 4);
  assert.is(stderr, 'pne-runtime: nobody reads standard output any more\n');
  assert.equal(leftovers(), []);
});

test('a full standard output ends the run in one line', async () => {
  const full = openSync('/dev/full', 'w');
  const args = ['--link', 'stream', '--interval', '5'];
  const run = new Run(args, { env: { TMPDIR: place.folder }, stdio: ['ignore', full, 'pipe'] });
  const { status, stderr } = await run.ended;
  closeSync(full);
  assert.is(status, 4);
  assert.match(stderr, /^pne-runtime: cannot write to standard output: ENOSPC[^\n]*make room[^\n]*\n$/);
  assert.equal(leftovers(), []);
});

test('a full output ends the run in one line', async () => {
  const { status, stderr } = await start('--interval', '5', '--output', '/dev/full').ended;
  assert.is(status, 4);
  assert.match(stderr, /^pne-runtime: cannot write to \/dev\/full: ENOSPC[^\n]*\n$/);
});

test('an output that cannot be opened ends the run in one line', async () => {
  const { status, stderr } = await start('--output', join(place.folder, 'no/such.ndjson')).ended;
  assert.is(status, 4);
  assert.match(stderr, /^pne-runtime: cannot write to [^\n]*such.ndjson: ENOENT[^\n]*\n$/);
});

test('each reading that arrived is a line of the output, whose value is the row', async () => {
  const path = join(place.folder, 'received.ndjson');
  const run = start('--once', '--output', path, '--input', '-');
  run.child.stdin?.end(rows(500));
  assert.is((await run.ended).status, 0);
  const lines = linesOf(path);
  assert.equal(
    lines.map(({ value }) => value.n).sort((a, b) => a - b),
    Array.from({ length: 500 }, (_, index) => index),
  );
  assert.is(new Set(lines.map(({ pne, id }) => `${pne} ${id}`)).size, 500);
});

test('readings on standard output have it for themselves', async () => {
  const run = start('--once', '--output', '-');
  const { status, stdout, stderr } = await run.ended;
  assert.is(status, 0);
  assert.is(stdout.trim().split('\n').length, 16);
  for (const line of stdout.trim().split('\n')) assert.match((JSON.parse(line) as Line).pne, /^pne-[123]$/);
  assert.match(stderr, /16 readings received and verified/);
});

/** `script` gives the run a terminal. */
function atTerminal(...args: string[]): Run {
  const line = [process.execPath, ...COMMAND, ...args].join(' ');
  return new Run(
    ['-qefc', line, '/dev/null'],
    { env: { TMPDIR: place.folder }, stdio: ['pipe', 'pipe', 'pipe'] },
    'script',
  );
}

const QUESTION = /(pne-\d) shows (\d{6}); type it at the gateway: /g;

test('passkeys are asked for one at a time, and each answer is for the PNE that was named', async () => {
  const run = atTerminal('--pnes', '2', '--interval', '5');
  for (const count of [1, 2]) {
    await run.until(() => [...run.stdout.matchAll(QUESTION)].length >= count, `question ${count}`);
    const [, pne, passkey] = [...run.stdout.matchAll(QUESTION)].at(-1)!;
    assert.is(pne, `pne-${count}`);
    run.child.stdin?.write(`${passkey}\n`);
    await run.until(() => new RegExp(`pne-${count}  CPNS-3`).test(run.stdout), `pne-${count}`);
  }
  run.child.stdin?.write('\x03');
  const { status, stdout } = await run.ended;
  assert.is(status, 130);
  assert.match(stdout, /interrupted: \d+ readings received/);
});

test('a wrong passkey is said and asked for anew, after pauses that grow and, where they are long, are announced', async () => {
  const run = atTerminal('--pnes', '1');
  const isAnnounced = () => /left alone for \d+ s/.test(run.stdout);
  let count = 0;
  while (!isAnnounced()) {
    count += 1;
    const isAsked = () => [...run.stdout.matchAll(QUESTION)].length >= count;
    await run.until(() => isAsked() || isAnnounced(), `question ${count}`);
    if (isAsked()) run.child.stdin?.write('12345\n');
  }
  assert.ok(count > 3, `announced after ${count} questions`);
  assert.ok([...run.stdout.matchAll(/'12345' is no passkey of six digits/g)].length >= 3);
  run.child.stdin?.write('\x03');
  assert.is((await run.ended).status, 130);
});

test('Ctrl-C at a prompt ends the run like any other, and no key stays behind', async () => {
  const run = atTerminal('--pnes', '2');
  await run.until(() => QUESTION.test(run.stdout), 'a question');
  run.child.stdin?.write('\x03');
  const { status, stdout } = await run.ended;
  assert.is(status, 130);
  assert.match(stdout, /interrupted: 0 readings received and verified byte for byte; 0 under way/);
  assert.not.match(stdout, /Error|node:/);
  assert.equal(leftovers(), []);
});

test.run();
