// SPDX-License-Identifier: Apache-2.0

/** The version of this checkout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

/** What a bundle of a device is defined with: its version, which its console says. */
export function versionDefinition(): { readonly PNE_VERSION: string } {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return { PNE_VERSION: JSON.stringify(version) };
}
