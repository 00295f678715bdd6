// SPDX-License-Identifier: Apache-2.0

/** `npm run flash:web`: a page on loopback that writes an image to a board by Web Serial. Exit status 0, 1 or 2. */
import { parseArgs } from 'node:util';
import { newPageToken } from '../../../src/node/page/actions.ts';
import { PageFeed } from '../../../src/node/page/feed.ts';
import { servePage } from '../../../src/node/page/server.ts';
import { UsageError } from '../../../src/node/programs/config.ts';
import { ESP32_BOARD_NAMES, type Esp32Board } from '../../build/esp32-tools.ts';
import { MODDABLE_PROGRAMS, type ModdableProgram } from '../../build/moddable-programs.ts';
import { chooseImage } from '../choose-image.ts';
import { filesFor } from './files.ts';

const USAGE = `usage: npm run flash:web -- BOARD [options]
  BOARD            ${ESP32_BOARD_NAMES.join(', ')}
  --program NAME   ${MODDABLE_PROGRAMS.join(', ')} (default pne-ble): built first, where it is not up to date
  --image DIR      an image in its place that is built: the folder with flasher_args.json
  --port N         the port of the page (default: any)
  --help           this text

It prints an address of this machine; open it in Chrome, Edge or Chromium. Ctrl-C ends it.`;

const OPTIONS = {
  program: { type: 'string', default: 'pne-ble' },
  image: { type: 'string' },
  port: { type: 'string', default: '0' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) return console.log(USAGE);
  const [board = '', ...more] = positionals;
  const [boards, programs]: readonly (readonly string[])[] = [ESP32_BOARD_NAMES, MODDABLE_PROGRAMS];
  if (!boards!.includes(board) || more.length > 0)
    throw new UsageError(`name a board: one of ${ESP32_BOARD_NAMES.join(', ')}`);
  if (!programs!.includes(values.program))
    throw new UsageError(`--program takes one of ${MODDABLE_PROGRAMS.join(', ')}`);
  if (!/^\d{1,5}$/.test(values.port)) throw new UsageError('--port takes a number');
  const program = values.program as ModdableProgram;
  const image = await chooseImage(board as Esp32Board, { program, image: values.image, isDry: false });
  const files = await filesFor(board, values.image ?? program, image!);
  // The page shows no network, and nobody has the token: there is nothing to see and nothing to do but its files.
  const shown = { feed: new PageFeed('', () => 0), token: newPageToken(), actions: {} };
  const { port } = await servePage({ ...shown, files, port: Number(values.port) });
  console.log(`open http://127.0.0.1:${port}/ in Chrome, Edge or Chromium; Ctrl-C ends this`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

function fail(error: NodeJS.ErrnoException): void {
  const hint = error.code === 'EADDRINUSE' ? ': choose another --port' : '';
  console.error(`flash:web: ${error.message}${hint}`);
  if (error instanceof UsageError) console.error('npm run flash:web -- --help lists the options');
  process.exit(error instanceof UsageError ? 2 : 1);
}

await main(process.argv.slice(2)).catch(fail);
