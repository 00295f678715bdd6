// SPDX-License-Identifier: Apache-2.0

import { request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../../node-limits.ts';
import { until } from '../listener.testing.ts';
import { newPageToken, type PageActions } from './actions.ts';
import { PageFeed } from './feed.ts';
import { servePage } from './server.ts';

const test = suite('page/actions');

interface Ask {
  readonly name?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

async function open(actions: PageActions) {
  const token = newPageToken();
  const { port, close } = await servePage({
    feed: new PageFeed('test', () => 0),
    files: {},
    token,
    actions,
    port: 0,
  });
  const origin = `http://127.0.0.1:${port}`;
  const own = { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    ask: ({ name = 'do', body = '{}', headers = {} }: Ask): Promise<{ status: number; text: string }> =>
      new Promise((resolve, reject) => {
        const asked = request(
          `${origin}/actions/${name}`,
          { method: 'POST', headers: { ...own, ...headers } },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => {
              text += chunk;
            });
            response.on('end', () => resolve({ status: response.statusCode!, text }));
          },
        );
        asked.on('error', reject);
        asked.end(body);
      }),
    close,
    origin,
    own,
  };
}

/** Counts what was done. */
function counting() {
  const done: unknown[] = [];
  return { done, actions: { do: (fields: unknown) => void done.push(fields) } };
}

test('an action gets its fields, and what it gives back is told', async () => {
  const { ask, close } = await open({ add: ({ name }) => ({ code: `${name}.CODE` }) });
  const { status, text } = await ask({ name: 'add', body: '{"name":"pne-4"}' });
  assert.equal([status, JSON.parse(text)], [200, { result: { code: 'pne-4.CODE' } }]);
  await close();
});

test('why an action failed is one line', async () => {
  const { ask, close } = await open({
    do(): void {
      throw new Error('there is no PNE of that name: the list has them\n    at secret/path.ts:1');
    },
  });
  const { status, text } = await ask({});
  assert.equal(
    [status, JSON.parse(text)],
    [422, { error: 'there is no PNE of that name: the list has them' }],
  );
  await close();
});

test('another page, another form of body and an unknown name are refused, and nothing is done', async () => {
  const { done, actions } = counting();
  const { ask, close, own, origin } = await open(actions);
  const statusOf = async (asked: Ask) => (await ask(asked)).status;
  assert.is(await statusOf({ headers: { authorization: 'Bearer another' } }), 401);
  assert.is(await statusOf({ headers: { authorization: '' } }), 401);
  for (const foreign of [
    'http://evil.example',
    'null',
    origin.replace('http', 'https'),
    `${origin}.evil.example`,
  ])
    assert.is(await statusOf({ headers: { origin: foreign } }), 403);
  assert.is(await statusOf({ headers: { host: 'evil.example' } }), 421);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    assert.is(await statusOf({ headers: { 'content-type': type } }), 415);
  for (const name of ['toString', '__proto__', '', 'do/', 'do?x=1']) assert.is(await statusOf({ name }), 404);
  const { origin: _, ...without } = own;
  const plain = await fetch(`${origin}/actions/do`, { method: 'POST', headers: without, body: '{}' });
  assert.is(plain.status, 403);
  assert.equal(done, []);
  await close();
});

test('a body is an object of few short texts, or nothing is done', async () => {
  const { done, actions } = counting();
  const { ask, close } = await open(actions);
  const { pageActionMaxBytes, pageActionMaxFields, pageActionMaxText } = NodeLimits;
  const many = Object.fromEntries(Array.from({ length: pageActionMaxFields + 1 }, (_, at) => [`f${at}`, '']));
  const refused = [
    ...['', '{', '[]', 'null', '"text"', '1', '{"a":1}', '{"a":null}', '{"a":{}}', '{"a":["b"]}'],
    ...[JSON.stringify(many), JSON.stringify({ a: 'x'.repeat(pageActionMaxText + 1) })],
    Uint8Array.of(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d),
  ];
  for (const body of refused) assert.is((await ask({ body })).status, 400, String(body));
  const long = await ask({ body: JSON.stringify({ a: 'x'.repeat(pageActionMaxBytes) }) });
  assert.is(long.status, 413);
  assert.equal(done, []);
  await ask({ body: JSON.stringify({ a: 'x'.repeat(pageActionMaxText) }) });
  assert.is(done.length, 1);
  await close();
});

test('few actions are under way at once', async () => {
  const waiting: (() => void)[] = [];
  const { ask, close } = await open({ do: () => new Promise<void>((resolve) => waiting.push(resolve)) });
  const all = Array.from({ length: NodeLimits.pageMaxActions }, () => ask({}));
  await until(() => waiting.length === NodeLimits.pageMaxActions, 'those that are taken');
  assert.is((await ask({})).status, 503);
  for (const resolve of waiting) resolve();
  assert.ok((await Promise.all(all)).every(({ status }) => status === 200));
  const next = ask({});
  await until(() => waiting.length > NodeLimits.pageMaxActions, 'the next');
  waiting.at(-1)!();
  assert.is((await next).status, 200);
  await close();
});

test('tokens are long and never the same', () => {
  const tokens = new Set(Array.from({ length: 100 }, newPageToken));
  assert.is(tokens.size, 100);
  for (const token of tokens) assert.match(token, /^[\w-]{22}$/);
});

test.run();
