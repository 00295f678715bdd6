// SPDX-License-Identifier: Apache-2.0

/** The C that an ESP32 image has beside the SDK, on a stack of its own in boards/esp32/test. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { channelBinding } from '../../src/node/ble/channel-binding.ts';
import { OUTPUT, ROOT } from '../build/bundle.ts';
import { hasNativeCrypto } from '../build/xs.ts';
import { runCommand } from './command.ts';
import { CheckFailure, type Outcome, type Tally } from './tally.ts';

const KEY = '000102030405060708090a0b0c0d0eff';
/** What the program takes, in this order; by itself, a bond that names a channel. */
const BOND: Readonly<Record<string, string>> = Object.freeze({
  handle: '1',
  encrypted: '1',
  bonded: '1',
  present: '1',
  secureConnections: '1',
  keySize: '16',
  foreign: '0',
  key: KEY,
});
const NAMED: readonly (typeof BOND)[] = [{}, { handle: '0' }, { key: `ff${KEY.slice(2)}` }];
const BONDED = { wasBonded: 1, isUnpaired: 0, isForgotten: 1 };
/** Nobody is there, or a bond that is another's: that is not erased. */
const STRANGERS: readonly (readonly [typeof BOND, Partial<typeof BONDED>])[] = [
  [{ handle: '99' }, { wasBonded: 0, isForgotten: 0 }],
  [{ foreign: '1' }, { wasBonded: 0 }],
];
const NAMELESS: readonly (readonly [typeof BOND, Partial<typeof BONDED>])[] = [
  ...STRANGERS,
  [{ encrypted: '0' }, {}],
  [{ bonded: '0' }, {}],
  [{ present: '0' }, {}],
  [{ keySize: '15' }, {}],
  // Not of LE Secure Connections.
  [{ secureConnections: '0' }, { isUnpaired: 1 }],
];

export async function testEsp32(tally: Tally): Promise<void> {
  if (!hasNativeCrypto()) return;
  await tally.run(
    'esp32',
    'boards/esp32/nimble.c names a channel as the gateway does, and forgets a bond',
    check,
  );
}

async function check(): Promise<Outcome> {
  const program = await build();
  for (const change of NAMED) {
    const { key } = { ...BOND, ...change };
    await expectLife(program, change, toHex(channelBinding(fromHex(key!))), {});
  }
  for (const [change, outcome] of NAMELESS) await expectLife(program, change, 'undefined', outcome);
  return { passed: NAMED.length + NAMELESS.length };
}

/** What is forgotten once is not forgotten again: by then it may be somebody else's. */
async function expectLife(
  program: string,
  change: typeof BOND,
  name: string,
  outcome: Partial<typeof BONDED>,
): Promise<void> {
  const { output } = await runCommand(program, Object.values({ ...BOND, ...change }));
  const { wasBonded, isUnpaired, isForgotten } = { ...BONDED, ...outcome };
  const expected = `${wasBonded} ${name} ${isUnpaired} ${isForgotten} 0`;
  if (output.trim() !== expected)
    throw new CheckFailure(`${JSON.stringify(change)}: ${output.trim()}, expected: ${expected}`);
}

async function build(): Promise<string> {
  await mkdir(join(OUTPUT, 'linux'), { recursive: true });
  const program = join(OUTPUT, 'linux', 'esp32-channel');
  const sources = ['boards/esp32/nimble.c', 'boards/esp32/test/channel.c', 'firmware/native/mac.c'];
  const { status, output } = await runCommand('cc', [
    ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-I', join(ROOT, 'boards/esp32/test')],
    ...sources.map((source) => join(ROOT, source)),
    ...['-lmbedcrypto', '-o', program],
  ]);
  if (status !== 0) throw new CheckFailure(output);
  return program;
}
