// SPDX-License-Identifier: Apache-2.0

/** The setup of a copy of this checkout, in a folder with a blank in its name. Nothing is fetched from anywhere. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../build/bundle.ts';
import { engineSources } from '../build/xs.ts';
import { Run } from '../simulator/process.testing.ts';

const test = suite('setup');

let copy = '';
test.before.each(() => {
  copy = join(mkdtempSync(join(tmpdir(), 'pne-test-')), 'a checkout');
  for (const name of ['tools/setup', 'boards/linux', 'firmware/native', 'package.json', 'package-lock.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
});
test.after.each(() => {
  rmSync(join(copy, '..'), { recursive: true });
});

/** Runs a module in the copy. */
function runModule(source: string, env: Readonly<Record<string, string>> = {}): Run {
  const file = join(copy, 'run.mjs');
  writeFileSync(file, source);
  return new Run([file], { env: { ...process.env, ...env }, cwd: copy }, process.execPath);
}

test('the host is built in a folder with a blank in its name', async () => {
  mkdirSync(join(copy, 'build'));
  symlinkSync(engineSources(), join(copy, 'build/xs'));
  const { status, stdout, stderr } = await runModule(`
    import { join } from 'node:path';
    import { makeArguments } from './tools/setup/host.mjs';
    import { OUTPUT, run } from './tools/setup/run.mjs';
    const args = makeArguments('boards/linux', join(OUTPUT, 'xs'), join(OUTPUT, 'linux'));
    const plan = await run('make', ['-n', ...args]);
    console.log(plan.split('\\n').filter((line) => line.startsWith('echo ')).length);
    await run('mkdir', ['-p', join(OUTPUT, 'linux')]);
    console.log(await run('make', [...args, args.at(-1).slice('OUT='.length) + '/timer.o']));
  `).ended;
  assert.is(status, 0, stderr);
  assert.ok(Number.parseInt(stdout, 10) > 20, stdout);
  assert.ok(readdirSync(join(copy, 'build/linux')).includes('timer.o'));
});

/** Two at once, in processes of their own. */
const TWO = `
  import { alone } from './tools/setup/lock.mjs';
  await alone(async () => {
    process.stdout.write('in\\n');
    await new Promise((resolve) => process.stdin.once('data', resolve));
  });
  process.stdin.destroy();
`;

test('a second setup of a checkout waits for the first, and says so', async () => {
  const first = runModule(TWO);
  await first.until(() => first.stdout === 'in\n', 'the first');
  const second = runModule(TWO);
  await second.until(
    () => second.stderr.includes('another setup of this checkout is at work'),
    'that it waits',
  );
  assert.is(second.stdout, '');
  first.child.stdin?.write('\n');
  assert.is((await first.ended).status, 0);
  await second.until(() => second.stdout === 'in\n', 'the second');
  second.child.stdin?.write('\n');
  assert.is((await second.ended).status, 0);
});

test('a setup that was killed holds nobody up', async () => {
  const first = runModule(TWO);
  await first.until(() => first.stdout === 'in\n', 'the first');
  const second = runModule(TWO);
  await second.until(() => second.stderr.includes('waiting'), 'that it waits');
  first.child.kill('SIGKILL');
  await second.until(() => second.stdout === 'in\n', 'the second');
  second.child.stdin?.write('\n');
  assert.is((await second.ended).status, 0);
});

/** A registry that takes connections and says nothing, or none at all. */
async function refusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('without a network a fresh checkout says so in a line, after seconds', async () => {
  const registry = `http://127.0.0.1:${await refusedPort()}/`;
  const started = Date.now();
  const { status, stderr } = await runModule("import './tools/setup/main.mjs';", {
    npm_config_registry: registry,
    npm_config_replace_registry_host: 'always',
    npm_config_cache: join(copy, 'cache'),
  }).ended;
  assert.is(status, 1);
  assert.match(stderr, /^setup: installing npm dependencies: about \d+ MB on disk$/m);
  assert.match(stderr, /^setup: npm ci failed: [^\n]*; check the network and run the command again$/m);
  assert.ok(Date.now() - started < 60_000);
});

for (const code of ['EROFS', 'EACCES']) {
  test(`a checkout that cannot be written to (${code}) is named, and not the network`, async () => {
    const { status, stderr } = await runModule(`
      import { reported } from './tools/setup/set-up.mjs';
      const fails = () => { throw Object.assign(new Error(), { code: '${code}' }); };
      if (!(await reported(async () => fails()))) process.exitCode = 1;
    `).ended;
    assert.is(status, 1);
    assert.match(
      stderr,
      new RegExp(`^setup: .*a checkout/? has to be set up and cannot be written to \\(${code}\\)`),
    );
    assert.is(stderr.trim().split('\n').length, 1);
  });
}

test('work that takes long says every few seconds that it goes on', async () => {
  const { stderr } = await runModule(`
    import { patiently } from './tools/setup/run.mjs';
    await patiently('waiting', new Promise((resolve) => setTimeout(resolve, 5500)));
  `).ended;
  assert.is(stderr, 'setup: still waiting (5 s)\n');
});

test.run();
