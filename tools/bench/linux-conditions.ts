// SPDX-License-Identifier: Apache-2.0

/** What the figures of this machine depend on. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import board from '../../boards/linux/board.json';
import { makePath, ROOT } from '../build/bundle.ts';
import { engine, engineSources, hasNativeCrypto, type Memory } from '../build/xs.ts';

/** The board's, but for the records that a batch prepares. */
export const LINUX_MEMORY: Memory = Object.freeze({ ...board.creation, limit: 16 * 1024 ** 2 });

export function linuxConditions(): object {
  const flags = [
    '-s',
    '-C',
    'boards/linux',
    `XS=${makePath('boards/linux', engineSources())}`,
    'OUT=.',
    'flags',
  ];
  return {
    machine: cpus()[0]!.model.trim(),
    engine: engine(),
    memory: { stack: board.creation.stack, ...LINUX_MEMORY },
    compiler: read('cc', ['--version']).split('\n')[0],
    flags: read('make', flags).trim(),
    mbedTls: hasNativeCrypto() ? mbedTlsVersion() : 'none',
    node: process.versions.node,
    openssl: process.versions.openssl,
  };
}

function mbedTlsVersion(): string {
  const text = read('cc', ['-E', '-P', '-include', 'mbedtls/version.h', '-'], 'MBEDTLS_VERSION_STRING\n');
  return JSON.parse(text.trim().split('\n').at(-1)!) as string;
}

function read(command: string, args: string[], input = ''): string {
  return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', input });
}
