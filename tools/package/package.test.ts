// SPDX-License-Identifier: Apache-2.0

/** The npm package, installed into an empty project: what docs/library.md says runs there. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import '../../src/node/failing.testing.ts';

const test = suite('package');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
const PATIENCE_MS = 300_000;
/** A tenth above what it has. */
const MAX_PACKED_BYTES = 610_000;
const EXAMPLES = new Map(
  [...DOCUMENT.matchAll(/^```js\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [name!, text!]),
);
const { version, exports: paths } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  exports: Record<string, string | { readonly types: string; readonly default: string }>;
};

/** What is imported from. */
function names(): string[] {
  const modules = Object.keys(paths).filter((path) => path !== './package.json');
  return modules.map((path) => path.slice(2));
}

/** Of those, what runs without Node. */
const PORTABLE = ['pne', 'records', 'handshake'];

const children = new Set<ChildProcess>();
let project = '';

function run(command: string, args: readonly string[], cwd = project) {
  const options = { cwd, encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, stdout, stderr };
}

/** A process of the project, of which the test reads what it says until it has said `what`. */
async function start(
  args: readonly string[],
  what: RegExp,
): Promise<{ readonly child: ChildProcess; said(): string }> {
  const child = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  await says(() => said, what, child);
  return { child, said: () => said };
}

async function says(said: () => string, what: RegExp, child: ChildProcess): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!what.test(said())) {
    if (Date.now() > end || child.exitCode !== null) throw new Error(`never said ${what}: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test.before(() => {
  project = mkdtempSync(join(tmpdir(), 'pne-package-'));
  const packed = run('npm', ['run', '--silent', 'package', '--', '--pack-destination', project], ROOT);
  assert.is(packed.status, 0, packed.stderr);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const tarball = join(project, `pne-runtime-${version}.tgz`);
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  const installed = run('npm', ['install', ...quiet, tarball]);
  assert.is(installed.status, 0, installed.stderr);
  for (const [name, text] of EXAMPLES) writeFileSync(join(project, name), text);
});

test.after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(project, { recursive: true, force: true });
});

test('it has what is listed, and neither sources, tests nor what a checkout is built with', () => {
  const listed = run('tar', ['tzf', `pne-runtime-${version}.tgz`])
    .stdout.trim()
    .split('\n');
  const others = listed.filter((path) => !/^package\/dist\/.*\.(js|d\.ts)$/.test(path)).sort();
  assert.equal(others, [
    'package/LICENSE',
    'package/README.md',
    'package/dist/node/ble/hci-relay.c',
    'package/dist/node/page/page.json',
    'package/dist/node/programs/usage.txt',
    'package/package.json',
    'package/src/node/programs/pne-runtime.mjs',
  ]);
  assert.not.ok(listed.some((path) => /\.(test|testing)\./.test(path)));
  for (const entry of Object.values(paths))
    for (const path of typeof entry === 'string' ? [entry] : [entry.types, entry.default])
      assert.ok(listed.includes(`package/${path.slice(2)}`), path);
  const bytes = statSync(join(project, `pne-runtime-${version}.tgz`)).size;
  assert.ok(bytes <= MAX_PACKED_BYTES, `${bytes} B`);
  for (const name of ['tsx', 'esbuild', 'typescript', 'preact'])
    assert.not.ok(run('ls', [`node_modules/${name}`]).status === 0, name);
});

test('the document lists what the package exports', () => {
  const rows = [...DOCUMENT.matchAll(/^\| `pne-runtime\/([\w-]+)` \|/gm)].map(([, name]) => name);
  assert.equal(rows.sort(), names().sort());
  assert.equal(
    [...EXAMPLES.keys()],
    ['server', 'device', 'group', 'owner', 'entity', 'panel', 'records', 'handshake'].map(
      (name) => `${name}.mjs`,
    ),
  );
});

test('from nothing to a protected reading: a server of at most 20 lines, and a device', async () => {
  const linesOf = (name: string) =>
    EXAMPLES.get(name)!
      .split('\n')
      .filter((line) => line.trim() !== '').length;
  assert.ok(linesOf('server.mjs') <= 20 && linesOf('device.mjs') <= 20);
  const server = await start(
    ['-e', `await import('./server.mjs'); console.log('ready');`, '--input-type=module'],
    /ready/,
  );
  for (const times of [1, 2]) {
    const device = run(process.execPath, ['device.mjs']);
    assert.equal([device.status, device.stdout, device.stderr], [0, 'accepted\n', ''], server.said());
    const reading = 'pne-1 { temperature: 21.5, motion: true }\n';
    await says(server.said, new RegExp(`^ready\n(pne-1 .*\n){${times}}$`), server.child);
    assert.is(server.said(), `ready\n${reading.repeat(times)}`);
  }
  server.child.kill('SIGKILL');
});

test('two devices share a group by what they ask for: it says what the document says', () => {
  const { status, stdout, stderr } = run(process.execPath, ['group.mjs']);
  const said = /^It says\n\n```\n([\s\S]*?)^```$/m.exec(DOCUMENT)?.[1];
  assert.equal([status, stdout, stderr], [0, said, '']);
});

test('records and a handshake alone', () => {
  const said = (name: string) => {
    const { status, stdout, stderr } = run(process.execPath, [name]);
    assert.equal([status, stderr], [0, '']);
    return stdout;
  };
  assert.is(said('records.mjs'), '14 21.5\n');
  assert.is(said('handshake.mjs'), 'server device 37 45 19 9\n');
});

test('the command runs as it does in a checkout, and an external entity is let in', async () => {
  const command = join(project, 'node_modules/.bin/pne-runtime');
  const help = run(command, ['--help']);
  assert.equal(
    [help.status, help.stdout],
    [0, readFileSync(join(ROOT, 'src/node/programs/usage.txt'), 'utf8')],
  );
  const server = await start(
    [command, 'server', '--state', 'server', '--listen', '127.0.0.1:0', '--log', 'json'],
    /"listening"/,
  );
  const { address } = JSON.parse(server.said().trim().split('\n').at(-1)!) as { address: string };
  const entity = await start(['entity.mjs', `ws://${address}`], /^/);
  await says(server.said, /"entity-refused"/, server.child);
  const added = run(command, [
    'admin',
    'add-entity',
    'entity/credential',
    '--read',
    'all',
    '--state',
    'server',
  ]);
  assert.equal([added.status, added.stdout], [0, 'entity added\n'], added.stderr);
  await says(server.said, /"agreed","entity":"entity","interface":"CPNS-5"/, server.child);
  assert.is(entity.said(), '');
  const owner = await owned(command, address);
  await says(owner.said, /^stored\nmay entity read pne-2\?\nstored\n$/, owner.child);
  await says(server.said, /"consent-asked"/, server.child);
  const panel = await start(['panel.mjs', `ws://${address}`], /^/);
  for (const args of [
    ['group', 'create', 'lights', 'pne-2'],
    ['add-entity', 'panel/credential', '--publish', '2', '--capabilities'],
  ])
    assert.is(run(command, ['admin', ...args, '--state', 'server']).status, 0, args.join(' '));
  for (const outcome of ['told', 'queued'])
    await says(panel.said, new RegExp(`outcome: '${outcome}'.*}\n`), panel.child);
  assert.match(panel.said(), /{ outcome: 'queued', queued: 1, missed: 0 }\n/);
  assert.match(panel.said(), /{ outcome: 'told', isHere: true, fields: \[\], services: \[\] }\n/);
  for (const { child } of [panel, owner, entity, server]) child.kill('SIGTERM');
});

/** The device of the document that is asked, at a gateway of this server. */
async function owned(command: string, server: string) {
  const credential = ['--server-credential', 'server/credential'];
  const listening = ['--listen', '127.0.0.1:0', '--log', 'json'];
  const gateway = await start(
    [command, 'gateway', '--state', 'gateway', '--server', `ws://${server}`, ...credential, ...listening],
    /"listening"/,
  );
  const { address } = JSON.parse(
    gateway
      .said()
      .split('\n')
      .find((line) => line.includes('"listening"'))!,
  ) as { address: string };
  const device = [
    '--gateway-credential',
    'gateway/credential',
    '--gateway',
    address,
    '--output',
    'pne-2.device',
  ];
  for (const args of [
    ['add-gateway', 'gateway/credential', '--state', 'server'],
    ['provision', 'pne-2', ...credential, ...device],
    ['add', 'pne-2.device', '--state', 'server'],
    ['add', 'pne-2.device', '--state', 'gateway'],
  ])
    assert.is(run(command, ['admin', ...args]).status, 0, args.join(' '));
  return start(['owner.mjs'], /^/);
}

test('what needs no Node imports nothing of it', async () => {
  for (const name of PORTABLE) {
    const { metafile } = await build({
      stdin: { contents: `export * from 'pne-runtime/${name}';`, resolveDir: project },
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.some((path) => path.includes('pne-runtime/dist/exports')));
    assert.equal(
      inputs.filter((path) => /pne-runtime\/dist\/node\//.test(path)),
      [],
    );
  }
});

/** What an application writes, rightly and wrongly. */
const USE = `
import { startServer } from 'pne-runtime/server';
import { createProvider, newIdentity, openBootFile, openDeviceFolder, startDevice } from 'pne-runtime/node';
const provider = createProvider();
const identity = newIdentity(provider, 'x');
const onReading = (pne: string, { id }: { id: number }): void => console.log(pne.length + id);
const server = await startServer({ provider, identity, devices: [], gateways: [], port: 0, onReading });
// @ts-expect-error: a port is a number
await startServer({ provider, identity, devices: [], gateways: [], port: '0', onReading });
server.grant('x', 'group-create', ['group-join', 2]);
// @ts-expect-error: there is no such right
server.grant('x', 'group-make');
const provisioning = new Uint8Array(0);
const member = startDevice({ provider, provisioning, folder: openDeviceFolder(provider, 'x') });
const created = await member.groups.create('lights');
if (created.ok) member.groups.publish(created.value, 1);
else console.log(created.refusal.reason + 1, created.refusal.message);
// @ts-expect-error: it may have been refused
member.groups.publish(created.value, 1);
const alone = startDevice({ provider, provisioning, boots: openBootFile('x') });
// @ts-expect-error: it keeps no keys of groups
alone.groups.create('lights');
// @ts-expect-error: it has to keep its boot counter somewhere
startDevice({ provider, provisioning });`;

function typesOf(name: string, source: string, ...options: string[]) {
  writeFileSync(join(project, name), source);
  const all = ['--strict', '--noEmit', '--target', 'es2023', ...options, name];
  const { status, stdout } = run(join(ROOT, 'node_modules/.bin/tsc'), all);
  return [status, stdout];
}

for (const [module, resolution] of [
  ['nodenext', 'nodenext'],
  ['node16', 'node16'],
  ['esnext', 'bundler'],
] as const)
  test(`a strict project takes the types, resolved by ${resolution}`, () => {
    const imports = names().map((name, at) => `import * as m${at} from 'pne-runtime/${name}';`);
    const all = `${imports.join('\n')}${USE}\nconsole.log(${names().map((_, at) => `m${at}`)});`;
    const roots = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
    const options = ['--module', module, '--moduleResolution', resolution, ...roots];
    assert.equal(typesOf('use.ts', all, ...options), [0, '']);
  });

test('what needs no Node needs no types of it', () => {
  const source = PORTABLE.map((name) => `export * as ${name} from 'pne-runtime/${name}';`).join('\n');
  const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2023'];
  assert.equal(typesOf('portable.ts', source, ...options, '--types', ''), [0, '']);
});

test.run();
