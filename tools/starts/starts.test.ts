// SPDX-License-Identifier: Apache-2.0

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import { measureStarts } from './starts.ts';

const test = suite('starts');

test('a program starts, on a folder that is new and on one that is not, and one that does not is named', async () => {
  const folder = scratchFolder();
  const [row, ...others] = await measureStarts({ folder, devices: 3, rounds: 1, program: 'server' });
  assert.equal([row!.program, row!.devices, others], ['server', 3, []]);
  assert.ok(row!.medianMs > 0);
  chmodSync(join(folder, 'server/identity'), 0o644);
  const refused = await measureStarts({ folder, devices: 0, rounds: 1, program: 'server' }).catch(
    (error: Error) => error.message,
  );
  assert.match(String(refused), /identity can be read by other users/);
});

test.run();
