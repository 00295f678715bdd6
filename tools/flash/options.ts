// SPDX-License-Identifier: Apache-2.0

/** The command line of `npm run flash`. */
import { parseArgs } from 'node:util';
import { UsageError } from '../../src/node/programs/config.ts';
import { ESP32_BOARD_NAMES, type Esp32Board } from '../build/esp32-tools.ts';
import { MODDABLE_PROGRAMS, type ModdableProgram } from '../build/moddable-programs.ts';

export const USAGE = `usage: npm run flash -- BOARD [PORT] [options]
  BOARD            ${ESP32_BOARD_NAMES.join(', ')}; or linux, qemu-rv32: their stores alone are written
  PORT             its serial port (default: the only one that there is); of linux the folder of its store, of qemu-rv32
                   the file of its flash
  --program NAME   ${MODDABLE_PROGRAMS.join(', ')} (default pne-ble): built first, where it is not up to date
  --image DIR      an image in its place that is built: the folder with flasher_args.json
  --provision DIR  who the board is to be: what 'npm run provision' made for it
  --replace        though it is somebody else
  --baud RATE      bits a second while it is written (default 460800)
  --no-stub        by the bootloader of the chip alone, which is slower
  --no-monitor     does not show what the board says then
  --dry-run        says what would be written where, and builds and writes nothing
  --help           this text`;

export interface FlashCommand {
  readonly board: Esp32Board | 'linux' | 'qemu-rv32';
  readonly port: string | undefined;
  readonly program: ModdableProgram;
  readonly image: string | undefined;
  readonly provision: string | undefined;
  readonly replaces: boolean;
  readonly baudRate: number;
  readonly usesStub: boolean;
  readonly isMonitored: boolean;
  readonly isDry: boolean;
}

const OPTIONS = {
  program: { type: 'string', default: 'pne-ble' },
  image: { type: 'string' },
  provision: { type: 'string' },
  replace: { type: 'boolean', default: false },
  baud: { type: 'string', default: '460800' },
  'no-stub': { type: 'boolean', default: false },
  'no-monitor': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const BOARDS: readonly string[] = [...ESP32_BOARD_NAMES, 'linux', 'qemu-rv32'];

/** Undefined where the text above is asked for. Throws a `UsageError`. */
export function readCommand(args: readonly string[]): FlashCommand | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [board = '', port, ...more] = positionals;
  if (!BOARDS.includes(board)) throw new UsageError(`name a board: one of ${BOARDS.join(', ')}`);
  if (more.length > 0) throw new UsageError(`there is nothing after the port: ${more.join(' ')}`);
  if (!MODDABLE_PROGRAMS.includes(values.program as ModdableProgram))
    throw new UsageError(`--program takes one of ${MODDABLE_PROGRAMS.join(', ')}`);
  if (!/^[1-9]\d{3,6}$/.test(values.baud)) throw new UsageError('--baud takes bits a second, such as 115200');
  if (values.replace && values.provision === undefined)
    throw new UsageError('--replace says that --provision may replace somebody');
  return {
    board: board as FlashCommand['board'],
    port,
    program: values.program as ModdableProgram,
    image: values.image,
    provision: values.provision,
    replaces: values.replace,
    baudRate: Number(values.baud),
    usesStub: !values['no-stub'],
    isMonitored: !values['no-monitor'],
    isDry: values['dry-run'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}
