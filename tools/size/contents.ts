// SPDX-License-Identifier: Apache-2.0

/** What an image must not contain: looked for in what esbuild bundled, and in the bytes that go into flash. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { metafileOf, ROOT } from '../build/bundle.ts';
import type { Image } from './images.ts';
import { modulesByLine } from './modules.ts';

const run = promisify(execFile);

export interface Contents {
  /** Paths of the modules that something is left of. */
  readonly modules: readonly string[];
  /** Latin-1, a character a byte. */
  readonly flash: string;
  /** The bundle, but for its console. The engine knows names like `console` itself, so that the bytes do not tell. */
  readonly source: string;
}

interface Ban {
  readonly what: string;
  readonly remedy: string;
  readonly modules?: RegExp;
  readonly flash?: RegExp;
  readonly source?: RegExp;
  /** Where it holds; everywhere unless given. */
  readonly provider?: Image['provider'];
}

const CONSOLE = 'firmware/platform/console.ts';

const BANS: readonly Ban[] = Object.freeze([
  {
    what: 'noble in a native image',
    remedy: 'import src/crypto/native alone',
    modules: /(^|\/)node_modules\/@noble\/|^src\/crypto\/noble\//,
    provider: 'native',
  },
  {
    what: 'test code',
    remedy: 'no image imports *.test.ts, *.testing.ts, a fixture or uvu',
    modules: /\.(test|testing)\.\w+$|fixture\.\w+$|(^|\/)node_modules\/uvu\//,
    flash: /\buvu\b/,
  },
  {
    what: 'a fake provider',
    remedy: 'providers for tests are named *.testing.ts',
    modules: /(fake|faulty|mock|dummy|counting|recording)[^/]*$|^faulty:/i,
  },
  {
    what: 'log text',
    remedy: 'a device writes no log: bundle it with RELEASE (tools/build/bundle.ts)',
    flash: /\bconsole\.\w+/,
    // Not the comment that names firmware/platform/console.ts.
    source: /(?<!\/)\bconsole\.\w+/,
  },
  {
    what: 'log text',
    remedy: 'a device says what its owner has to know by firmware/platform/console.ts, and nothing else',
    source: /\btrace\(/,
  },
  {
    what: 'code of another entity',
    remedy: 'src/node, external entities and the ends of CPNS-2 and CPNS-5 are not for devices',
    modules: /^src\/node\/|^src\/roles\/(entity-|external-entity|responder-link|initiator-link)/,
  },
  {
    what: 'a path of the machine that built it',
    remedy: 'compile without __FILE__ and with relative paths',
    flash: new RegExp([ROOT, `${homedir()}/`, `${tmpdir()}/`, '/home/', '/Users/'].map(quoted).join('|')),
  },
]);

/** Returns a line for each thing that is in an image and must not be. */
export function checkContents(
  { name, board, provider }: Pick<Image, 'name' | 'board' | 'provider'>,
  contents: Contents,
): string[] {
  const bans = BANS.filter((ban) => ban.provider === undefined || ban.provider === provider);
  return bans.flatMap((ban) => {
    const found = find(ban, contents);
    return found === undefined ? [] : [`${name} on ${board}: ${ban.what}: ${found}: ${ban.remedy}`];
  });
}

function find(ban: Ban, { modules, flash, source }: Contents): string | undefined {
  const module = modules.find((path) => ban.modules?.test(path));
  return module ?? match(flash, ban.flash) ?? match(source, ban.source);
}

function match(text: string, pattern: RegExp | undefined): string | undefined {
  const found = pattern && text.match(pattern);
  return found ? `'${found[0]}'` : undefined;
}

/** `image` is a flash of the qemu-rv32 board or a program for it, `bundle` what was compiled into it. */
export async function readContents(bundle: string, image: string): Promise<Contents> {
  return {
    modules: bundledModules(bundle),
    flash: await flashOf(image),
    source: sourceOf(bundle),
  };
}

/** What esbuild bundled, but for the one module that may print. */
export function sourceOf(bundle: string): string {
  const modules = modulesByLine(bundle);
  const lines = readFileSync(bundle, 'utf8').split('\n');
  return lines.filter((_, index) => modules[index] !== CONSOLE).join('\n');
}

export function bundledModules(bundle: string): string[] {
  const { outputs } = JSON.parse(readFileSync(metafileOf(bundle), 'utf8')) as Metafile;
  return Object.entries(outputs)
    .filter(([path]) => basename(path) === basename(bundle))
    .flatMap(([, { inputs }]) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
}

async function flashOf(image: string): Promise<string> {
  if (!image.endsWith('.elf')) return readFile(image, 'latin1');
  const folder = await mkdtemp(join(tmpdir(), 'pne-flash-'));
  try {
    await run('riscv64-unknown-elf-objcopy', ['-O', 'binary', image, join(folder, 'flash')]);
    return await readFile(join(folder, 'flash'), 'latin1');
  } finally {
    await rm(folder, { recursive: true });
  }
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
