// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Row } from './input/row.ts';
import { heldBack } from './output.ts';

const test = suite('simulator/output');

test('no row is dealt before the output has room for more', async () => {
  let read = 0;
  async function* rows(): AsyncGenerator<Row> {
    for (let line = 1; line <= 5; line += 1) {
      read = line;
      yield { line, payload: new Uint8Array() };
    }
  }
  let open: () => void = () => undefined;
  const blocked = new Promise<void>((resolve) => {
    open = resolve;
  });
  let room = Promise.resolve();
  const output = { write(): void {}, ready: () => room, end: () => room };
  const held = heldBack(rows(), output);
  await held.next();
  room = blocked;
  const second = held.next();
  assert.is(
    await Promise.race([second.then(() => 'dealt'), new Promise((resolve) => setTimeout(resolve, 20))]),
    undefined,
  );
  assert.is(read, 2);
  open();
  assert.is((await second).done, false);
});

test.run();
