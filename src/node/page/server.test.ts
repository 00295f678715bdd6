// SPDX-License-Identifier: Apache-2.0

import { get, type IncomingMessage, request } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeLimits } from '../../node-limits.ts';
import { until } from '../listener.testing.ts';
import { PageFeed } from './feed.ts';
import { servePage } from './server.ts';

const test = suite('page/server');
const token = 'the-token-of-this-run';
const authorization = `Bearer ${token}`;
const files = { '/': { type: 'text/html', content: '<p>page</p>' } };

async function open() {
  const feed = new PageFeed('test', () => 0);
  feed.add('pne-1', 'pne', 'XS');
  const listener = await servePage({ feed, files, token, actions: {}, port: 0 });
  return { feed, listener, at: (path: string) => `http://127.0.0.1:${listener.port}${path}` };
}

/** Its events as they come, and what has ended it. */
function follow(url: string): Promise<{ response: IncomingMessage; text: () => string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => undefined);
      resolve({ response, text: () => text });
    }).on('error', reject);
  });
}

test('files are served with a policy that lets nothing in from elsewhere', async () => {
  const { listener, at } = await open();
  const response = await fetch(at('/'));
  assert.equal([response.status, await response.text()], [200, '<p>page</p>']);
  const policy = response.headers.get('content-security-policy')!;
  assert.match(policy, /default-src 'none'/);
  assert.not.match(policy, /unsafe|http|\*/);
  await listener.close();
});

test('other paths, other methods and other names of this machine are refused', async () => {
  const { listener, at } = await open();
  const statusOf = async (path: string, method = 'GET') =>
    (await fetch(at(path), { method, headers: { authorization } })).status;
  assert.is(await statusOf('/../etc/passwd'), 404);
  assert.is(await statusOf('/toString'), 404);
  assert.is(await statusOf('/', 'POST'), 404);
  assert.is(await statusOf('/', 'PUT'), 405);
  const statusUnder = (host: string) =>
    new Promise((resolve) =>
      request(at('/events'), { headers: { host, authorization } }, (response) => {
        resolve(response.statusCode);
        response.destroy();
      }).end(),
    );
  assert.is(await statusUnder('evil.example'), 421);
  assert.is(await statusUnder('127.0.0.1.evil.example'), 421);
  await listener.close();
});

test('without the token of this run nothing is told but how to show it', async () => {
  const { listener, at } = await open();
  const statusWith = async (headers: Record<string, string>) =>
    (await fetch(at('/events'), { headers })).status;
  assert.is(await statusWith({}), 401);
  for (const wrong of [token, 'Bearer ', `Bearer ${token}x`, `bearer ${token}`])
    assert.is(await statusWith({ authorization: wrong }), 401);
  assert.is(await statusWith({ cookie: `token=${token}` }), 401);
  assert.is((await fetch(at(`/events?token=${token}`))).status, 401);
  await listener.close();
});

test('whoever looks gets the state, and then what changes', async () => {
  const { feed, listener, at } = await open();
  const { text } = await follow(at('/events'));
  await until(() => text().includes('event: state'), 'the state');
  feed.reading('pne-1', { temperature: 21.5 }, 0);
  await until(() => text().includes('event: change'), 'a change');
  assert.match(text(), /event: change\ndata: .*"arrived":\["pne-1"\]/);
  await listener.close();
});

test('many changes at once are one, for each of those who look', async () => {
  const { feed, listener, at } = await open();
  const viewers = await Promise.all([follow(at('/events')), follow(at('/events'))]);
  await until(() => viewers.every(({ text }) => text().includes('event: state')), 'the states');
  for (let index = 0; index < 1000; index += 1) feed.reading('pne-1', index, 0);
  for (const { text } of viewers) {
    await until(() => text().includes('"999"') || text().includes('999]'), 'the last');
    assert.ok(text().split('event: change').length <= 3);
  }
  await listener.close();
});

test('one who does not read is given no more than fits, and is not waited for', async () => {
  const { feed, listener, at } = await open();
  const { response } = await follow(at('/events'));
  response.pause();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 200; round += 1) {
    for (let index = 0; index < 200; index += 1) feed.event('problem', undefined, 'x'.repeat(500));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(process.memoryUsage().heapUsed - before < 64_000_000);
  await listener.close();
});

test('viewers are few, and one that goes makes room', async () => {
  const { listener, at } = await open();
  const viewers = await Promise.all(
    Array.from({ length: NodeLimits.pageMaxViewers }, () => follow(at('/events'))),
  );
  assert.is((await follow(at('/events'))).response.statusCode, 503);
  viewers[0]!.response.destroy();
  let status = 503;
  for (let round = 0; round < 100 && status === 503; round += 1) {
    const { response } = await follow(at('/events'));
    status = response.statusCode!;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(status, 200);
  await listener.close();
});

test.run();
