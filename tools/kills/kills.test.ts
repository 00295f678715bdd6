// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../chaos/random.ts';
import { bundlePrograms } from './program-process.ts';
import { type KillsOptions, runKills } from './run.ts';
import { runGatewayKills } from './run-gateways.ts';
import { isGood } from './verdict.ts';

const test = suite('kills');
const bundle = await bundlePrograms();
const random = new Random(1);

async function kill(options: Pick<KillsOptions, 'kills' | 'handicap'>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pne-kills-test-'));
  try {
    const result = await runKills({
      ...options,
      bundle,
      folder: join(folder, 'run'),
      pnes: 4,
      random: () => random.word() / 2 ** 32,
    });
    assert.ok(isGood(result), JSON.stringify(result));
    assert.ok(result.revocations > 0);
    return result.acknowledged;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a server that is killed ten times loses nothing that it acknowledged, delivers nothing twice, and takes nothing without a grant', async () => {
  assert.ok((await kill({ kills: 10 })) > 50);
});

test('neither does one whose files may not grow any more', async () => {
  // Blocks of 512 bytes; a write past them fails, as on a full disk.
  assert.ok((await kill({ kills: 1, handicap: "trap '' XFSZ; ulimit -f 400;" })) > 50);
});

test('gateways that are killed lose nothing of what they had on their disks for a server that was away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pne-kills-test-'));
  try {
    const result = await runGatewayKills({
      ...{ bundle, pnes: 4, gateways: 2, kills: 10 },
      folder: join(folder, 'run'),
      random: () => random.word() / 2 ** 32,
    });
    assert.ok(isGood(result) && result.keptLost === 0, JSON.stringify(result));
    assert.ok(result.kept > 0 && result.acknowledged > 20, JSON.stringify(result));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
