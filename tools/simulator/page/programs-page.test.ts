// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime server --page` and `gateway --page`, with a device on XS that joins by a code made there. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeCode } from '../../../src/node/onboarding-code.ts';
import type { EntityView, PageStart } from '../../../src/node/page/state.ts';
import type { TraceView } from '../../../src/node/page/trace/stage.ts';
import { once, Running } from '../../../src/node/programs/running.testing.ts';
import { scratchFolder } from '../../../src/node/scratch.testing.ts';
import { createCborXPayloads } from '../../../src/payload/codec.ts';
import { openBoard } from '../boards.ts';
import { type PneProcess, startPneProcess } from '../pne-process.ts';

const test = suite('simulator/page of programs');
const payloads = createCborXPayloads();
const PATIENCE_MS = 60_000;

/** A port that is free now. */
function freePort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(String(port)));
    });
  });
}

/** What a browser would do with the address in the program's folder. */
class Looker {
  readonly file: string;
  private readonly origin: string;
  readonly token: string;

  constructor(state: string) {
    this.file = join(state, 'page-address');
    const { origin, hash } = new URL(readFileSync(this.file, 'utf8'));
    this.origin = origin;
    this.token = hash.slice('#token='.length);
  }

  /** What is shown now. */
  async state(): Promise<PageStart> {
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${this.token}` };
    const { body } = await fetch(`${this.origin}/events`, { headers, signal: stop.signal });
    let text = '';
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('\n\n')) break;
    }
    stop.abort();
    return JSON.parse(text.slice(text.indexOf('data: ') + 6, text.indexOf('\n\n')));
  }

  async pne(name: string): Promise<EntityView | undefined> {
    return (await this.state()).entities.find(({ id }) => id === name);
  }

  async act(name: string, fields: Record<string, string>): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      origin: this.origin,
      'content-type': 'application/json',
    };
    const body = JSON.stringify(fields);
    const response = await fetch(`${this.origin}/actions/${name}`, { method: 'POST', headers, body });
    const { result, error } = (await response.json()) as { result?: unknown; error?: string };
    return result ?? error;
  }
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startDevice(folder: string, code: string, gatewayPort: number): Promise<PneProcess> {
  const { pneId, secret } = decodeCode(code);
  const pne: Promise<PneProcess> = startPneProcess({
    board: await openBoard('linux'),
    folder: join(folder, 'pne'),
    provisioning: { pneId, secret, gatewayAddress: '127.0.0.1', gatewayPort },
    linePort: 0,
    async onSample(count): Promise<void> {
      for (let left = count; left > 0; left -= 1)
        (await pne).give({ line: 1, payload: payloads.encode({ n: 1 }) });
    },
    onFigures(): void {},
    onExit: (problem) => assert.unreachable(problem),
  });
  return pne;
}

test('a device joins by a code of the page, is followed, revoked at the server, and shown at the gateway', async () => {
  const folder = scratchFolder();
  const [state, gatewayState] = [join(folder, 's'), join(folder, 'g')];
  const port = await freePort();
  const args = ['--state', state, '--listen', '127.0.0.1:0', '--interval', '500', '--page', port];
  const server = new Running(['server', ...args]);
  const url = `ws://127.0.0.1:${await server.port()}`;
  const gatewayArgs = ['--state', gatewayState, '--listen', '127.0.0.1:0', '--server', url];
  const credential = ['--server-credential', join(state, 'credential')];
  const gateway = new Running(['gateway', ...gatewayArgs, ...credential, `--page=${await freePort()}`]);
  const gatewayPort = Number(await gateway.port());
  assert.is(once('admin', 'add-gateway', join(gatewayState, 'credential'), '--state', state).status, 0);
  await gateway.says(/server-there/);
  const [page, gatewayPage] = [new Looker(state), new Looker(gatewayState)];
  for (const { file, token } of [page, gatewayPage]) {
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.not.ok(`${server.said}${gateway.said}`.includes(token));
  }
  assert.equal((await page.state()).actions, [
    ...['remove', 'revoke', 'grant', 'rekey', 'consent', 'refuse', 'add', 'follow'],
  ]);
  assert.equal((await gatewayPage.state()).actions, ['remove', 'revoke', 'grant']);

  assert.is(await page.act('add', { name: 'shed-1' }), 'shed-1 may join by its code');
  assert.match(String(await page.act('add', { name: 'shed-1' })), /has a code that waits for its device/);
  assert.match(String(await page.act('add', { name: 'SHED' })), /1 to 9 of a-z/);
  const code = (await page.pne('shed-1'))!.code!.text;
  const pne = await startDevice(folder, code, gatewayPort);
  try {
    await until(async () => (await page.pne('shed-1'))?.lastId !== undefined, 'a reading');
    const { lastId, last, code: used } = (await page.pne('shed-1'))!;
    assert.equal([last, used], ['{"n":1}', undefined]);
    const { stages } = (await page.act('follow', { pne: 'shed-1', id: String(lastId) })) as TraceView;
    assert.equal(
      stages.map(({ name }) => name),
      ['payload', 'message', 'record of CPNS-3', 'route', 'record of CPNS-2'],
    );
    const { interfaces } = await gatewayPage.state();
    assert.equal(interfaces.map(({ name, from }) => `${name} ${from}`).sort(), [
      'CPNS-1 shed-1',
      'CPNS-2 gateway',
    ]);
    assert.is(await page.act('revoke', { name: 'shed-1' }), 'shed-1 revoked');
    for (const each of [page, gatewayPage])
      await until(async () => (await each.pne('shed-1'))?.status === 'revoked', 'that it is revoked');
    assert.is(await page.act('remove', { name: 'shed-1' }), 'shed-1 removed');
    for (const each of [page, gatewayPage])
      await until(async () => (await each.pne('shed-1')) === undefined, 'that it is gone');
  } finally {
    await pne.stop();
  }
  assert.equal(await Promise.all([server.stop('SIGTERM'), gateway.stop('SIGTERM')]), [0, 0]);
  for (const { file } of [page, gatewayPage]) assert.not.ok(existsSync(file));
});

test('a port that is taken, or is none, is told of', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const state = join(scratchFolder(), 's');
  const refused = once('server', '--state', state, '--listen', '127.0.0.1:0', '--page', String(port));
  assert.is(refused.status, 2);
  assert.match(refused.stderr, /port \d+ is taken: give --page another/);
  assert.match(
    once('server', '--page', 'x').stderr,
    /--page takes a port from 1 to 65535, or nothing, not 'x'/,
  );
  taken.close();
});

test.run();
