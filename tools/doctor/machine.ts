// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { toolchainOf } from '../build/esp32-tools.ts';
import { PLACES } from '../flash/ports.ts';
import type { Machine } from './checks.ts';

/** This one. */
export const MACHINE: Machine = {
  environment: process.env,
  places: PLACES,
  node: process.versions.node,
  versionOf(program): string | undefined {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 });
    const version = /\d+(\.\d+)+/.exec(stdout ?? '')?.[0];
    return status === 0 ? version : undefined;
  },
  mayUse(port): boolean {
    try {
      accessSync(port, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  compilerFor: async (board, idf) => `${await toolchainOf(board, idf)}gcc`,
};
