// SPDX-License-Identifier: Apache-2.0

/** Readings and contents by HTTP, at a server program. */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../../node-limits.ts';
import { createNodeProvider } from '../crypto/provider.ts';
import { newIdentity } from '../identity.ts';
import { until } from '../listener.testing.ts';
import { scratchFolder } from '../scratch.testing.ts';
import { readConfig } from './config.ts';
import { Deployment, type Said, testContext } from './deployment.testing.ts';
import { HTTP_OPTIONS, startHttpProgram } from './http.ts';
import type { Program } from './program.ts';

const test = suite('http');

interface Served {
  readonly deployment: Deployment;
  readonly program: Program;
  readonly token: string;
  readonly said: Said[];
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

async function served(...rights: string[]): Promise<Served> {
  const deployment = await Deployment.start(['pne-1', 'pne-2']);
  const folder = await deployment.addEntity('http', ...rights);
  const { serverUrl, serverCredentialPath } = deployment;
  const args = ['--state', folder, '--server', serverUrl, '--server-credential', serverCredentialPath];
  const said: Said[] = [];
  const { values } = readConfig(HTTP_OPTIONS, [...args, '--listen', '127.0.0.1:0'], {});
  const program = await startHttpProgram(values, testContext(said));
  await until(() => said.some(({ event }) => event === 'server-there'), 'the server');
  const token = readFileSync(join(folder, 'token'), 'utf8').trim();
  assert.is(statSync(join(folder, 'token')).mode & 0o777, 0o600);
  assert.not.ok(JSON.stringify(said).includes(token));
  return {
    ...{ deployment, program, token, said },
    fetch: (path, init = {}) =>
      fetch(`http://127.0.0.1:${program.port}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      }),
    async close(): Promise<void> {
      await program.close();
      await deployment.close();
    },
  };
}

/** Reads events until the test has enough. */
class Reader {
  readonly events: { readonly event: string; readonly id: string; readonly data: { value: unknown } }[] = [];
  isOver = false;
  private readonly abort = new AbortController();

  static async open({ fetch }: Served, last?: string): Promise<Reader> {
    const reader = new Reader();
    const headers = last === undefined ? {} : { 'last-event-id': last };
    const response = await fetch('/readings', { headers, signal: reader.abort.signal });
    assert.equal([response.status, response.headers.get('content-type')], [200, 'text/event-stream']);
    void reader
      .read(response)
      .catch(() => {})
      .finally(() => {
        reader.isOver = true;
      });
    return reader;
  }

  async has(count: number): Promise<unknown[]> {
    await until(() => this.events.length >= count, `${count} events`);
    return this.events.map(({ data }) => data.value);
  }

  close(): Promise<void> {
    this.abort.abort();
    return until(() => this.isOver, 'the end of a reader');
  }

  private async read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const [event, id, data] = part.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
        this.events.push({ event: event!, id: id!, data: JSON.parse(data!) });
      }
    }
  }
}

test('readings come as events; whoever comes again says what it had last', async () => {
  const state = await served('--read', 'all');
  const [pne] = state.deployment.pnes;
  pne!.report({ n: 0 });
  const first = await Reader.open(state);
  assert.equal(await first.has(1), [{ n: 0 }]);
  assert.is(first.events[0]!.event, 'reading');
  pne!.report({ n: 1 });
  pne!.report({ n: 2 });
  await first.has(3);
  await first.close();
  pne!.report({ n: 3 });
  await until(() => pne!.accepted.length === 4, 'the server has it');
  const second = await Reader.open(state, first.events[1]!.id);
  assert.equal(await second.has(2), [{ n: 2 }, { n: 3 }]);
  const third = await Reader.open(state);
  await until(() => second.isOver, 'the older reader ends');
  pne!.report({ n: 4 });
  assert.equal(await third.has(1), [{ n: 4 }]);
  await third.close();
  await state.close();
});

test('without a reader readings wait, more at the server than here, and come in their order', async () => {
  const state = await served('--read', 'all');
  const [pne] = state.deployment.pnes;
  const count = NodeLimits.entityMaxUnderWay + 10;
  for (let n = 0; n < count; n += 1) {
    pne!.report({ n });
    if (n % 10 === 9) await until(() => pne!.accepted.length === n + 1, 'the server has them');
  }
  await until(() => pne!.accepted.length === count, 'the server has all of them');
  const reader = await Reader.open(state);
  assert.equal(
    await reader.has(count),
    Array.from({ length: count }, (_, n) => ({ n })),
  );
  await reader.close();
  await state.close();
});

test('of a PNE whose owner is yet to consent to reading it says so', async () => {
  const state = await served('--read', 'all');
  await state.deployment.admin('openness', 'ask', 'pne-1');
  await until(() => state.said.some(({ event }) => event === 'consent-required'), 'it hears of it');
  assert.equal(await (await state.fetch('/devices')).json(), [
    { pne: 'pne-1', read: false, command: false, asked: true },
    { pne: 'pne-2', read: true, command: false },
  ]);
  await state.close();
});

test('a content is answered with what became of it, and devices are listed', async () => {
  const state = await served('--read', 'pne-1', '--command', 'pne-2');
  const post = async (pne: string, body: string | Uint8Array) => {
    const response = await state.fetch(`/contents/${pne}`, { method: 'POST', body });
    return [response.status, await response.json()];
  };
  assert.equal(await (await state.fetch('/devices')).json(), [
    { pne: 'pne-1', read: true, command: false },
    { pne: 'pne-2', read: false, command: true },
  ]);
  assert.equal(await post('pne-2', '{"led":true}'), [200, { outcome: 'delivered' }]);
  assert.equal(await post('pne-1', '{"led":true}'), [403, { outcome: 'notAuthorized' }]);
  assert.equal(await post('pne-9', '1'), [403, { outcome: 'notAuthorized' }]);
  for (const bad of ['', '{', Uint8Array.of(0x22, 0xff, 0x22), '[[[[[[1]]]]]]'])
    assert.equal(await post('pne-2', bad), [400, { outcome: 'badRequest' }]);
  assert.equal(await post('%zz', '1'), [400, { outcome: 'badRequest' }]);
  const long = await state.fetch('/contents/pne-2', {
    method: 'POST',
    body: 'x'.repeat(NodeLimits.bridgeMaxCommandBytes + 1),
  });
  assert.is(long.status, 413);
  await state.deployment.stopServer();
  await until(() => state.said.some(({ event }) => event === 'server-away'), 'no server');
  assert.equal(await post('pne-2', '1'), [503, { outcome: 'busy' }]);
  await state.close();
});

test('without the token there is nothing, and nothing but what there is', async () => {
  const state = await served('--read', 'all');
  for (const authorization of ['', 'Bearer ', `Bearer ${state.token}x`, `Basic ${state.token}`])
    for (const path of ['/readings', '/devices', '/'])
      assert.is((await state.fetch(path, { headers: { authorization } })).status, 401);
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', '/readings'],
    ['GET', '/contents/pne-1'],
    ['POST', '/contents/'],
  ])
    assert.is((await state.fetch(path!, { method: method! })).status, 404);
  await state.close();
});

test('who it is can be sealed under a key that lies elsewhere', async () => {
  const folder = scratchFolder();
  const provider = createNodeProvider();
  const [credential, key] = [join(folder, 'credential'), join(folder, 'key')];
  writeFileSync(credential, newIdentity(provider, 'server').credential.cred);
  writeFileSync(key, randomBytes(32), { mode: 0o600 });
  const args = [
    '--state',
    join(folder, 'http'),
    '--server-credential',
    credential,
    '--listen',
    '127.0.0.1:0',
  ];
  const start = (...more: string[]) =>
    startHttpProgram(readConfig(HTTP_OPTIONS, [...args, ...more], {}).values, testContext());
  await (await start('--sealing-key', key)).close();
  const sealed = readFileSync(join(folder, 'http/identity'));
  assert.is(sealed.toString('latin1', 0, 10), 'pne-sealed');
  await (await start('--sealing-key', key)).close();
  assert.equal(readFileSync(join(folder, 'http/identity')), sealed);
  await start().then(
    () => assert.unreachable(),
    ({ message }: Error) => assert.match(message, /sealing-key/),
  );
});

test.run();
