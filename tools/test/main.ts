// SPDX-License-Identifier: Apache-2.0

/** `npm test`: every check there is, ending in `N passed, N failed`. */
import { parseArgs } from 'node:util';
import { runChecks } from './checks.ts';
import { testEsp32 } from './esp32.ts';
import { testEsp32BenchClock } from './esp32-bench-clock.ts';
import { testEsp32Bootloader } from './esp32-bootloader.ts';
import { testEsp32CryptoConfig } from './esp32-crypto-config.ts';
import { testEsp32Images } from './esp32-images.ts';
import { testEsp32RootKey } from './esp32-root-key.ts';
import { testEsp32Serial } from './esp32-serial.ts';
import { testModdable } from './moddable.ts';
import { testRv32 } from './rv32.ts';
import { runSanitized } from './sanitized.ts';
import { Tally } from './tally.ts';
import { runUnitTests } from './units.ts';
import { testWiping } from './wiping.ts';

/**
 * `--all` installs what the qemu-rv32 board needs, where it may; without, the board is left out where that is missing.
 * `--slow` runs in XS what takes long there, too, which runs on Node anyway; so does `--only`.
 * `--cases` for the comparison of native cryptography with noble: 10,000 take a minute.
 */
const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    slow: { type: 'boolean', default: false },
    only: { type: 'string' },
    cases: { type: 'string', default: '2000' },
  },
});
const tally = new Tally(values.only ?? '');

await runChecks(tally);
await runUnitTests(tally, Number(values.cases), values.slow || values.only !== undefined);
await runSanitized(tally);
await testWiping(tally);
await testEsp32(tally);
await testEsp32RootKey(tally);
await testEsp32BenchClock(tally);
await testEsp32CryptoConfig(tally);
await testEsp32Serial(tally);
await testEsp32Bootloader(tally);
await testRv32(tally, values.all);
await runModdable();
await testEsp32Images(tally);
process.exitCode = tally.close();

async function runModdable(): Promise<void> {
  const sdk = process.env.MODDABLE;
  if (sdk === undefined) console.log('left out  moddable: set MODDABLE to an SDK with its tools built');
  else
    await tally.run('moddable', 'mcconfig -m -p lin', async () => ({
      passed: 1,
      notes: [await testModdable(sdk)],
    }));
}
