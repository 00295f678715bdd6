// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** Of this package: its package.json lies three folders above, in a checkout and where it is installed. */
export function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
