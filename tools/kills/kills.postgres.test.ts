// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../chaos/random.ts';
import { findPostgres, startPostgres } from '../postgres/server.ts';
import { bundlePrograms } from './program-process.ts';
import { runKills } from './run.ts';
import { isGood } from './verdict.ts';

const test = suite('kills on PostgreSQL');
const random = new Random(2);

test('two servers on one database that are killed, and whose connections end, lose, double and take nothing that they may not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pne-kills-postgres-'));
  try {
    const result = await runKills({
      bundle: await bundlePrograms(),
      folder: join(folder, 'run'),
      database: startPostgres(findPostgres()!).createDatabase(),
      servers: 2,
      pnes: 4,
      kills: 8,
      random: () => random.word() / 2 ** 32,
    });
    assert.ok(isGood(result), JSON.stringify(result));
    assert.ok(result.revocations > 0 && result.cuts > 0, JSON.stringify(result));
    assert.ok(result.acknowledged > 20, `${result.acknowledged} acknowledged`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
