// SPDX-License-Identifier: Apache-2.0

/** What a PNE, its stack or a whole simulator costs that is killed, and what no PNE may die of. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandOf, linesOf, Run, rows, workplaceOf } from './process.testing.ts';

const test = suite('simulator/deaths');

const place = workplaceOf(test);
const { start, leftovers } = place;

test('a PNE that is killed starts again; the others go on meanwhile, and no row is lost', async () => {
  const path = join(place.folder, 'received.ndjson');
  const run = start('--once', '--interval', '10', '--output', path, '--input', '-');
  run.child.stdin?.end(rows(3000));
  await run.until(() => run.stdout.includes('readings received'), 'readings');
  process.kill(run.pnes[0]!, 'SIGKILL');
  const { status, stdout, stderr } = await run.ended;
  assert.is(status, 0, stderr);
  assert.match(stderr, /^pne-\d ended: ended with SIGKILL; it starts again\n$/);
  assert.match(stdout, /3000 readings received and verified byte for byte/);
  assert.is(new Set(linesOf(path).map(({ value }) => value.n)).size, 3000);
});

test('a PNE that ends over and over is given up: others get what waits for it, and what it had is named', async () => {
  const run = start('--once', '--pnes', '2', '--json', '--input', '-');
  run.child.stdin?.write(rows(400));
  await run.until(() => run.pnes.length === 2, 'two PNEs');
  const kept = run.pnes[0]!;
  const killer = setInterval(() => {
    for (const pid of run.pnes) if (pid !== kept) process.kill(pid, 'SIGKILL');
  }, 5);
  await run.until(() => run.stderr.includes('given up'), 'that it is given up');
  clearInterval(killer);
  run.child.stdin?.end();
  const { status, stdout } = await run.ended;
  const report = JSON.parse(stdout) as { pnes: { received: number }[]; missing: unknown[] };
  const received = report.pnes.reduce((sum, pne) => sum + pne.received, 0);
  assert.is(status, 1);
  assert.is(received + report.missing.length, 400);
  assert.ok(report.missing.length <= 8);
});

test('where no PNE is left the run says how far it came', async () => {
  const run = start('--pnes', '1');
  const killer = setInterval(() => {
    for (const pid of run.pnes) process.kill(pid, 'SIGKILL');
  }, 5);
  const { status, stdout, stderr } = await run.ended;
  clearInterval(killer);
  assert.is(status, 1);
  assert.match(stderr, /no PNE is left; the input was read up to line \d+/);
  assert.match(stdout, /FAILED: 0 readings received[^\n]*; pne-1 ended\n$/);
});

test('a Bluetooth LE stack that is killed takes its board with it, which is said, and both start again', async () => {
  const run = new Run(['--once', '--pnes', '2', '--interval', '10', '--input', '-'], {
    env: { TMPDIR: place.folder },
  });
  run.child.stdin?.end(rows(1500));
  await run.until(() => run.stdout.includes('readings received'), 'readings');
  process.kill(run.stacks[0]!, 'SIGKILL');
  const { status, stdout, stderr } = await run.ended;
  assert.is(status, 0, stderr);
  assert.match(stderr, /^pne-\d: the Bluetooth LE stack ended: SIGKILL$/m);
  assert.match(stderr, /the Bluetooth LE stack of this board is gone; it starts again/);
  assert.match(stdout, /1500 readings received and verified byte for byte/);
});

test('a Bluetooth LE stack that ends before its board has come costs no reading', async () => {
  const run = new Run(['--once', '--json'], { env: { TMPDIR: place.folder } });
  await run.until(() => run.stacks.length > 0, 'a stack');
  process.kill(run.stacks[0]!, 'SIGKILL');
  const { status, stdout } = await run.ended;
  assert.is(status, 0);
  const { pnes, problems } = JSON.parse(stdout) as { pnes: { received: number }[]; problems: string[] };
  assert.is(
    pnes.reduce((sum, { received }) => sum + received, 0),
    16,
  );
  assert.match(problems.join(), /^pne-\d ended: .*; it starts again$/);
});

test('rows as long as payloads may be pass', async () => {
  const run = start('--once', '--input', '-');
  const doubles = (count: number) => Array.from({ length: count }, (_, n) => (n + 1) / 7.001);
  const names = doubles(100).map((_, index) => `column_${index}`);
  run.child.stdin?.end(
    `${JSON.stringify({ w: doubles(200) })}\n${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, index / 7.001])))}\n${JSON.stringify({ w: doubles(240) })}\n`,
  );
  const { status, stdout, stderr } = await run.ended;
  assert.is(status, 3);
  assert.match(stderr, /^line 3 skipped: a payload of 2,165 bytes, and 2,048 is the limit\n$/);
  assert.match(stdout, /2 readings received and verified byte for byte; 1 row of the input skipped/);
});

test('what a simulator that was killed has left ends and is removed', async () => {
  const run = start('--interval', '5');
  await run.until(() => run.stdout.includes('readings received'), 'readings');
  const orphans = run.pnes;
  run.child.kill('SIGKILL');
  await run.ended;
  const [left] = leftovers();
  assert.ok(left !== undefined && orphans.length === 3);
  assert.is((await start('--once').ended).status, 0);
  assert.equal(leftovers(), []);
  assert.equal(
    orphans.filter((pid) => commandOf(pid).includes('pne-host')),
    [],
  );
});

test('the folder of a run that goes on is left to it', async () => {
  const run = start('--interval', '5');
  await run.until(() => run.stdout.includes('readings received'), 'readings');
  const own = leftovers();
  assert.is((await start('--once').ended).status, 0);
  assert.equal(leftovers(), own);
  run.child.kill('SIGINT');
  await run.ended;
});

test.run();
