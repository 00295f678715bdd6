// SPDX-License-Identifier: Apache-2.0

/** `npm run update`: signs images of a device's program, and has a device on the Linux board take them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Curve } from '../../src/crypto/curves.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { readPrivate, writeOnce } from '../../src/node/secret-file.ts';
import { Refusal } from '../../src/refusal.ts';
import { signManifest } from '../../src/update/manifest.ts';
import { UsageError } from '../simulator/usage-error.ts';
import { bundleUpdateProgram, installedImage, provisionOwner, runUpdate } from './board.ts';

const USAGE = `usage: npm run update -- key FILE
         makes a key that signs images, in FILE, and FILE.public for devices
       npm run update -- sign IMAGE --key FILE --board NAME --version N [--output FILE]
         signs an image: IMAGE.manifest unless told otherwise. N is above that of every image before it
       npm run update -- apply IMAGE --store FOLDER [--manifest FILE] [--public FILE]
         has the device of boards/linux with that store take it; --public once: whose images it takes
       npm run update -- show --store FOLDER [--output FILE]
         says which version the device starts, and writes its image to FILE
--json: a line of JSON in place of words. Status 0: done. 1: the device refused it, and starts what it started before. 2: the command line cannot be used.`;

const OPTIONS = {
  key: { type: 'string' },
  board: { type: 'string' },
  version: { type: 'string' },
  output: { type: 'string' },
  store: { type: 'string' },
  manifest: { type: 'string' },
  public: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = Readonly<Partial<Record<Exclude<keyof typeof OPTIONS, 'help' | 'json'>, string>>> & {
  readonly json?: boolean;
};

const COMMANDS: Readonly<Record<string, (file: string, values: Values) => Promise<number>>> = Object.freeze({
  key: makeKey,
  sign,
  apply,
  show,
});

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [command = '', file = '', ...more] = positionals;
  const run = COMMANDS[command];
  if (run === undefined || more.length > 0 || (command === 'show') !== (file === ''))
    throw new UsageError(USAGE);
  return run(file, values);
}

async function makeKey(file: string, { json }: Values): Promise<number> {
  if (existsSync(file)) throw new UsageError(`${file} is there already: a key that signs is never replaced`);
  const provider = createNodeProvider();
  const bytes = new Uint8Array(32);
  provider.fillRandom(bytes);
  const { publicKey } = provider.privateKey(Curve.P256, bytes);
  writeOnce(file, bytes, 0o600);
  bytes.fill(0);
  writeFileSync(`${file}.public`, publicKey);
  const line = `${file} signs images: keep it from everybody; ${file}.public goes into devices`;
  console.log(json ? JSON.stringify({ key: file, public: `${file}.public` }) : line);
  return 0;
}

async function sign(file: string, { key, board, version, output, json }: Values): Promise<number> {
  const image = readFileSync(file);
  const number = Number(version);
  if (key === undefined || board === undefined || !Number.isSafeInteger(number) || number < 1)
    throw new UsageError('sign needs --key FILE --board NAME --version N, and N is a number from 1 on');
  const bytes = readPrivate(key);
  if (bytes === undefined) throw new UsageError(`no ${key}: npm run update -- key ${key} makes one`);
  const provider = createNodeProvider();
  const privateKey = provider.privateKey(Curve.P256, bytes);
  bytes.fill(0);
  const digest = Uint8Array.from(createHash('sha256').update(image).digest());
  const manifest = { version: number, board, size: image.length, digest };
  const path = output ?? `${file}.manifest`;
  writeFileSync(path, signManifest(provider, privateKey, manifest));
  privateKey.wipe();
  const line = `${path}: version ${number} for ${board}, ${image.length.toLocaleString('en')} bytes`;
  console.log(json ? JSON.stringify({ manifest: path, version: number, board, size: image.length }) : line);
  return 0;
}

async function apply(file: string, values: Values): Promise<number> {
  const { store, manifest = `${file}.manifest` } = values;
  if (store === undefined) throw new UsageError('apply needs --store FOLDER');
  if (values.public !== undefined) provisionOwner(store, Uint8Array.from(readFileSync(values.public)));
  if (!existsSync(`${store}/update/owner`))
    throw new UsageError(`${store} does not know whose images it takes: --public FILE says so, once`);
  const image = Uint8Array.from(readFileSync(file));
  const refused = await runUpdate({
    ...{ store, image, manifest: Uint8Array.from(readFileSync(manifest)) },
    bundle: await bundleUpdateProgram(),
    onProgress: (bytes) => sayProgress(bytes, image.length),
  });
  if (process.stderr.isTTY) process.stderr.write('\r');
  const { version = 0 } = installedImage(store) ?? {};
  if (values.json) console.log(JSON.stringify({ version, refused: refused ?? null }));
  else if (refused === undefined) console.log(`version ${version} starts from now on`);
  else console.error(`refused ${refused}: version ${version} starts as before`);
  return refused === undefined ? 0 : 1;
}

function sayProgress(bytes: number, all: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${Math.floor((100 * bytes) / all)} % of ${all} bytes`);
}

async function show(_file: string, { store, output, json }: Values): Promise<number> {
  if (store === undefined) throw new UsageError('show needs --store FOLDER');
  const installed = installedImage(store);
  const { version = 0, image } = installed ?? {};
  if (image !== undefined && output !== undefined) writeFileSync(output, image);
  const line =
    image === undefined
      ? 'no update was ever taken'
      : `version ${version}, ${image.length.toLocaleString('en')} bytes`;
  console.log(json ? JSON.stringify({ version, size: image?.length ?? 0 }) : line);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(
    error instanceof UsageError || error instanceof Refusal ? error.message : `update: ${error.message}`,
  );
  process.exitCode = 2;
}
