// SPDX-License-Identifier: Apache-2.0

/** A scenario that is told in steps as a process: its page, and how it ends. */
import { type AddressInfo, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../free-port.ts';
import { workplaceOf } from '../process.testing.ts';

const test = suite('simulator/scenario/run');
const workplace = workplaceOf(test);
const start = (...args: string[]) => workplace.start('--scenario', 'keys', '--pnes', '1', ...args);

test('it goes on after the last step, with a page, until it is interrupted, and leaves nothing', async () => {
  const run = start('--page', String(await freePort()));
  await run.until(() => /has passed on/.test(run.stdout), 'the last step');
  const [, url] = run.stdout.match(/^look at it: (http:\S+)$/m)!;
  assert.is((await fetch(url!)).status, 200);
  run.child.kill('SIGINT');
  assert.is((await run.ended).status, 130);
  assert.equal(workplace.leftovers(), []);
});

test('in the midst of it a signal ends it, and no step follows', async () => {
  const run = start('--no-page');
  await run.until(() => /on CPNS-1/.test(run.stdout), 'its first step');
  run.child.kill('SIGTERM');
  const { status, stdout, stderr } = await run.ended;
  assert.equal([status, stderr], [143, '']);
  assert.not.match(stdout, /has passed on/);
  assert.equal(workplace.leftovers(), []);
});

test('a page at a port that is taken is refused', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const { status, stderr } = await start('--page', String(port)).ended;
  taken.close();
  assert.is(status, 2);
  assert.match(stderr, /pne-runtime: port \d+ is taken: give --page another, or leave it out/);
});

test.run();
