// SPDX-License-Identifier: Apache-2.0

import { Writable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openReadingLines } from './reading-lines.ts';

const test = suite('node/reading-lines');

const TIME = new Date(0);

/** Takes a chunk each time it is told to. */
class Slow extends Writable {
  text = '';
  private taken: (() => void)[] = [];

  constructor() {
    super({ highWaterMark: 100 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.taken.push(done);
  }

  take(): void {
    for (const done of this.taken.splice(0)) done();
  }
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  promise.then(() => {
    settled = true;
  });
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test('a reading is a line of JSON', async () => {
  const stream = new Slow();
  openReadingLines(stream, () => undefined).write(TIME, 'pne-1', 7, {
    t: -0,
    text: '"\n',
    list: [1.5, null, true],
  });
  assert.is(
    stream.text,
    '{"time":"1970-01-01T00:00:00.000Z","pne":"pne-1","id":7,"value":{"t":-0,"text":"\\"\\n","list":[1.5,null,true]}}\n',
  );
});

test('whoever waits until it is ready waits for a reader that is slow', async () => {
  const stream = new Slow();
  const lines = openReadingLines(stream, () => undefined);
  assert.ok(await isSettled(lines.ready()));
  for (let id = 0; id < 3; id += 1) lines.write(TIME, 'pne-1', id, { n: id });
  assert.not.ok(await isSettled(lines.ready()));
  while (stream.writableLength > 0) {
    stream.take();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(await isSettled(lines.ready()));
});

test('the end waits for what is written', async () => {
  const stream = new Slow();
  const lines = openReadingLines(stream, () => undefined);
  lines.write(TIME, 'pne-1', 0, 1);
  const ended = lines.end();
  assert.not.ok(await isSettled(ended));
  stream.take();
  await ended;
});

test('a stream that fails is told once and holds nobody up', async () => {
  const errors: Error[] = [];
  const stream = new Slow();
  const lines = openReadingLines(stream, (error) => errors.push(error));
  for (let id = 0; id < 3; id += 1) lines.write(TIME, 'pne-1', id, { n: id });
  stream.destroy(new Error('no space left'));
  await lines.ready();
  lines.write(TIME, 'pne-1', 3, 1);
  await lines.end();
  assert.equal(
    errors.map(({ message }) => message),
    ['no space left'],
  );
});

test.run();
