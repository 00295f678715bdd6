#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0

// In a checkout it runs as it is written; the npm package has JavaScript instead.
import { existsSync } from 'node:fs';

if (existsSync(new URL('main.ts', import.meta.url))) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
} else await import('../../../dist/node/programs/main.js');
