// SPDX-License-Identifier: Apache-2.0

/** `npm run provision`: what goes into devices. Exit status 0, 1 where one could not be made, 2 on misuse. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { readConfig, UsageError, type Values } from '../../src/node/programs/config.ts';
import { PROVISION_OPTIONS, provisionByCode } from '../../src/node/programs/provision.ts';
import { Refusal } from '../../src/refusal.ts';
import { decodeInvited, decodeProvisioning } from '../../src/roles/provisioning.ts';
import { imagesIn, writeDevice } from './images.ts';

const USAGE = `usage: npm run provision -- [options] ID...
  --state DIR          the server's folder: the code is registered there, whether the server runs or not
  --store URL          its database, where that is PostgreSQL
  --gateway HOST:PORT  as the device reaches its gateway, where it comes by TCP (default 127.0.0.1:8751)
  --output DIR         where a folder for each device goes (default .): nvs.bin, label.txt, label.svg
  --csv FILE           devices in place of ids: a line 'id', or 'id,gateway', then a device a line
  --replace            makes anew what is there: the former code, and the device that came by it, are worth nothing then
  --existing FILE      what 'pne-runtime admin provision' wrote, in place of an id: its image, and a label without a code
  --show WHAT          nothing, code, or qr: the code as a text, or as one to scan too (default nothing)
  --json               an object a line: pne, outcome (made, there, failed), file or reason, and code where it is shown
  --help               this text

An id has 1 to 9 of a-z, 0-9 and -. nvs.bin is flashed by 'npm run flash'. What is there is not made again: a run that was
cut off, or in which devices failed, is run again. nvs.bin holds the secret that the code is: delete it when it is in the
device.`;

const OPTIONS = Object.freeze({ ...PROVISION_OPTIONS, existing: { fallback: '' } });

async function main(args: readonly string[]): Promise<void> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) return console.log(USAGE);
  const { values, positionals } = readConfig(OPTIONS, args, process.env);
  if (values.existing !== '') return wrap(values, positionals);
  const say = (line: string) => console.log(line);
  mkdirSync(values.output, { recursive: true });
  await provisionByCode(values, positionals, createNodeProvider(), imagesIn(values.output), say);
}

/** The image of a device that has its key already, and is known where it has to be. */
function wrap(
  { existing, output, json }: Values<'existing' | 'output' | 'json'>,
  names: readonly string[],
): void {
  if (names.length > 0) throw new UsageError('--existing says which device it is: name none');
  const bytes = Uint8Array.from(readFileSync(existing));
  const { pneId } = decodeInvited(bytes) ?? decodeProvisioning(bytes);
  if (!/^[\w-]+$/.test(pneId)) throw new UsageError(`${existing} is of a device whose name is no folder's`);
  mkdirSync(output, { recursive: true });
  const path = writeDevice(output, pneId, bytes);
  bytes.fill(0);
  if (json !== '') return console.log(JSON.stringify({ pne: pneId, outcome: 'made', file: path }));
  console.log(`${path} written: put it into the device, and delete it`);
}

function fail(error: NodeJS.ErrnoException): void {
  const isMisuse = error instanceof UsageError || error instanceof Refusal;
  const isNoState = error.code === 'ENOENT' && error.path?.endsWith('/credential');
  const hint = isNoState ? ': start the server with this --state first' : '';
  console.error(`provision: ${error.message}${hint}`);
  if (error instanceof UsageError) console.error('npm run provision -- --help lists the options');
  process.exit(isMisuse ? 2 : 1);
}

await main(process.argv.slice(2)).catch(fail);
