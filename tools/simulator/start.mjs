// SPDX-License-Identifier: Apache-2.0

/** What `npm start` runs: help at once, else the setup and then main.ts in this process, which signals reach once. */
import { readFileSync } from 'node:fs';
import { setUp } from '../setup/set-up.mjs';

if (process.argv.some((arg) => arg === '-h' || arg === '--help')) {
  process.stdout.write(readFileSync(new URL('usage.txt', import.meta.url)));
} else if (await setUp()) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
} else {
  process.exitCode = 1;
}
