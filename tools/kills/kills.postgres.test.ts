// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findPostgres, startPostgres } from '../../src/node/store/postgres-server.testing.ts';
import { Random } from '../chaos/random.ts';
import { runKills } from './run.ts';
import { bundleServer } from './server-process.ts';

const test = suite('kills on PostgreSQL');
const random = new Random(2);

test('two servers on one database that are killed, and PNEs that move between them, lose and double nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pne-kills-postgres-'));
  try {
    const { acknowledged, lost, doubled, invented, unread, readTwice } = await runKills({
      bundle: await bundleServer(),
      folder: join(folder, 'run'),
      database: startPostgres(findPostgres()!).createDatabase(),
      servers: 2,
      pnes: 4,
      kills: 8,
      random: () => random.word() / 2 ** 32,
    });
    assert.equal([lost, doubled, invented], [0, 0, 0]);
    assert.equal([unread, readTwice], [0, 0]);
    assert.ok(acknowledged > 20, `${acknowledged} acknowledged`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
