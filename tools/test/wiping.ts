// SPDX-License-Identifier: Apache-2.0

/**
 * That key bytes of the native provider are nowhere in the process's memory any more once a handle is wiped, or
 * collected; and that they are found there while it is kept. The keys are derived in C and were never in JavaScript.
 */
import { createHmac } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleForXs, OUTPUT, ROOT } from '../build/bundle.ts';
import { hasNativeCrypto, spawnXs } from '../build/xs.ts';
import { finish, runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const STAGE = 'wiping';
const KINDS = ['secret', 'wrapped', 'private', 'aead', 'record'];
const ENDINGS = ['kept', 'wiped', 'collected'];
const SEED = Buffer.alloc(32, 0x5e);
/** RFC 5869 section 2.3: T(1) without info. A key of 16 bytes is the first half of it. */
const KEY = createHmac('sha256', SEED).update(Uint8Array.of(1)).digest().subarray(0, 16);
const PROGRAM = join(ROOT, 'firmware/programs/wiping.ts');

export async function testWiping(tally: Tally): Promise<void> {
  if (!hasNativeCrypto()) return;
  for (const kind of KINDS)
    await tally.run(STAGE, `a key is in memory while it is kept, and no longer: ${kind}`, () => check(kind));
}

async function check(kind: string): Promise<Outcome> {
  const library = await buildLibrary();
  for (const ending of ENDINGS) {
    const remains = await remainsOf(kind, ending, library);
    if (remains > 0 !== (ending === 'kept'))
      throw new CheckFailure(`${kind}, ${ending}: its bytes are in memory ${remains} times`);
  }
  return { passed: ENDINGS.length };
}

async function remainsOf(kind: string, ending: string, library: string): Promise<number> {
  const define = {
    KIND: JSON.stringify(kind),
    ENDING: JSON.stringify(ending),
    SEED: JSON.stringify(SEED.toString('hex')),
  };
  const bundle = await bundleForXs(PROGRAM, `wiping-${kind}-${ending}`, { define });
  const env = { LD_PRELOAD: library, PNE_REMAINS: KEY.toString('hex') };
  const { status, output } = await finish(spawnXs(bundle, { env }));
  const found = /^remains (\d+)$/m.exec(output);
  if (status !== 0 || found === null) throw new CheckFailure(output);
  return Number(found[1]);
}

async function buildLibrary(): Promise<string> {
  await mkdir(join(OUTPUT, 'linux'), { recursive: true });
  const library = join(OUTPUT, 'linux', 'remains.so');
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  const { status, output } = await runCommand('cc', [
    ...flags,
    join(ROOT, 'boards/linux/test/remains.c'),
    '-o',
    library,
  ]);
  if (status !== 0) throw new CheckFailure(output);
  return library;
}
