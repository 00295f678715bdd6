// SPDX-License-Identifier: Apache-2.0

/** `npm run provision`: devices that join by a code. Exit status 0, 1 where one could not be made, 2 on misuse. */
import { existsSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { writeOnce } from '../../src/node/identity.ts';
import { checkOneOf, readConfig, UsageError } from '../../src/node/programs/config.ts';
import {
  filesIn,
  type Place,
  PROVISION_OPTIONS,
  provisionByCode,
} from '../../src/node/programs/provision.ts';
import { Refusal } from '../../src/refusal.ts';
import { writeFlash } from '../simulator/flash.ts';

const USAGE = `usage: npm run provision -- [options] ID...
  --state DIR          the server's folder: the code is registered there, whether the server runs or not
  --store URL          its database, where that is PostgreSQL
  --gateway HOST:PORT  as the device reaches its gateway, where it comes by TCP (default 127.0.0.1:8751)
  --output DIR         where the files for devices go (default .)
  --board NAME         what is written for each: file, which is ID.provisioning; linux, a folder ID that is the
                       store of a PNE on boards/linux; qemu-rv32, ID.flash (default file)
  --batch FILE         CSV in place of ids: a line 'id', or 'id,gateway', then a device a line
  --show WHAT          nothing, code, or qr: the code as a text, or as one to scan too (default nothing)
  --json               an object a line: pne, file, and code where it is shown
  --help               this text

An id has 1 to 9 of a-z, 0-9 and -. Nothing is replaced: neither a file, nor a code that waits for its device, nor a
device. The file holds the secret that the code is: delete it when it is in the device.`;

const BOARD = Object.freeze({ fallback: 'file', check: checkOneOf('file', 'linux', 'qemu-rv32') });

/** The key under which a device finds it, in the domain of its firmware. */
const DOMAIN = 'pne';
const KEY = 'provisioning';

async function main(args: readonly string[]): Promise<void> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) return console.log(USAGE);
  const { values, positionals } = readConfig({ ...PROVISION_OPTIONS, board: BOARD }, args, process.env);
  await mkdir(values.output, { recursive: true });
  const place = placeOf(values.board, values.output);
  await provisionByCode(values, positionals, createNodeProvider(), place, (line) => console.log(line));
}

function placeOf(board: string, folder: string): Place {
  if (board === 'linux') return storesIn(folder);
  return board === 'qemu-rv32' ? flashesIn(folder) : filesIn(folder);
}

function storesIn(folder: string): Place {
  return {
    async write(pneId, provisioning): Promise<string> {
      const path = join(folder, pneId);
      if (existsSync(path)) throw new UsageError(`${path} is there already, and is not replaced`);
      await mkdir(join(path, DOMAIN), { recursive: true, mode: 0o700 });
      writeOnce(join(path, DOMAIN, KEY), provisioning, 0o600);
      return path;
    },
    remove: (path) => rmSync(path, { recursive: true }),
  };
}

function flashesIn(folder: string): Place {
  return {
    async write(pneId, provisioning): Promise<string> {
      const path = join(folder, `${pneId}.flash`);
      if (existsSync(path)) throw new UsageError(`${path} is there already, and is not replaced`);
      await writeFlash(path, { [`${DOMAIN}/${KEY}`]: provisioning });
      return path;
    },
    remove: (path) => rmSync(path),
  };
}

function fail(error: Error): void {
  const isMisuse = error instanceof UsageError || error instanceof Refusal;
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  console.error(
    `provision: ${error.message}${isMissing ? ': start the server with this --state first' : ''}`,
  );
  if (error instanceof UsageError) console.error('npm run provision -- --help lists the options');
  process.exit(isMisuse ? 2 : 1);
}

await main(process.argv.slice(2)).catch(fail);
