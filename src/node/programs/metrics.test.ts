// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../scratch.testing.ts';
import { createMetrics } from './metrics.ts';
import { Running } from './running.testing.ts';

const test = suite('metrics');

test('events are said and counted by what matters of them, and no device is named', async () => {
  const said: string[] = [];
  const metrics = createMetrics((event) => said.push(event));
  metrics.log('refused', { reason: 'replay', pne: 'pne-secret' });
  metrics.log('refused', { reason: 'replay', pne: 'pne-other' });
  metrics.log('refused', { reason: 'kidUnknown' });
  metrics.log('agreed', { interface: 'CPNS-3', pne: 'pne-secret' });
  metrics.log('content', { pne: 'pne-secret', ticket: 1, outcome: 'delivered' });
  metrics.log('listening', { address: 'x' });
  metrics.reading();
  let kept = 7;
  metrics.show('readings_kept', () => kept);
  kept += 1;
  const listener = await metrics.listen('127.0.0.1', 0);
  const text = await (await fetch(`http://127.0.0.1:${listener.port}/metrics`)).text();
  const lines = [
    'pne_refusals_total{reason="replay"} 2',
    'pne_refusals_total{reason="kidUnknown"} 1',
    'pne_agreements_total{interface="CPNS-3"} 1',
    'pne_contents_total{outcome="delivered"} 1',
    'pne_readings_total 1',
    'pne_readings_kept 8',
  ];
  for (const line of lines) assert.ok(text.split('\n').includes(line), line);
  assert.not.match(text, /pne-secret|pne-other/);
  assert.equal(said, ['refused', 'refused', 'refused', 'agreed', 'content', 'listening']);
  await listener.close();
});

test('nothing else is served, and whoever asks without end is cut off at the end', async () => {
  const listener = await createMetrics(() => {}).listen('127.0.0.1', 0);
  const base = `http://127.0.0.1:${listener.port}`;
  assert.is((await fetch(`${base}/`)).status, 404);
  assert.is((await fetch(`${base}/metrics`, { method: 'POST' })).status, 404);
  await listener.close();
  const outcome = await fetch(`${base}/metrics`).then(
    () => 'served',
    () => 'gone',
  );
  assert.is(outcome, 'gone');
});

test('a server serves them where it is told to', async () => {
  const server = new Running([
    ...['server', '--state', join(scratchFolder(), 'state'), '--listen', '127.0.0.1:0'],
    ...['--metrics', '127.0.0.1:0'],
  ]);
  const [, url = ''] = await server.says(/metrics address=(\S+)/);
  const text = await (await fetch(url)).text();
  assert.match(text, /^pne_devices 0$/m);
  assert.match(text, /^process_resident_memory_bytes \d/m);
  assert.is(await server.stop('SIGTERM'), 0);
});

test.run();
