// SPDX-License-Identifier: Apache-2.0

/** What has to be there to build an image, write it to a board and reach the board by Bluetooth LE. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ESP32_BOARDS,
  type Esp32Board,
  expectedIdf,
  isSuitable,
  versionOfIdf,
} from '../build/esp32-tools.ts';
import { requireSdkTools } from '../build/sdk.ts';
import { groupOf, holderOf, isRunning, type Places, serialPorts } from '../flash/ports.ts';

export interface Finding {
  readonly name: string;
  /** `note`: it may be as it should, and something may not work. */
  readonly state: 'ok' | 'note' | 'failed';
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** The machine that is looked at. A test has another. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly places: Places;
  /** Of Node, as it says. */
  readonly node: string;
  /** Of a program that is asked for it; undefined where there is none. */
  versionOf(program: string): string | undefined;
  /** Whether its user may read and write a port. */
  mayUse(port: string): boolean;
  /** Rejects where there is no compiler for a board. */
  compilerFor(board: Esp32Board, idf: string): Promise<string>;
}

/** esptool-js asks for attributes of imports. */
const NODE = '20.10';
const SDK = '8.2.3';
/** Of ESP-IDF v6.0. */
const PYTHON = '3.10';

export async function examine(machine: Machine, boards: readonly Esp32Board[]): Promise<Finding[]> {
  const { places } = machine;
  return [
    ...(await examineTools(machine, boards)),
    esptoolFinding(machine),
    ...portFindings(machine),
    ...bluetoothFindings(places),
  ];
}

/** What builds an image. */
export async function examineTools(machine: Machine, boards: readonly Esp32Board[]): Promise<Finding[]> {
  const { MODDABLE: sdk, IDF_PATH: idf } = machine.environment;
  return [
    nodeFinding(machine),
    ...(await sdkFindings(sdk)),
    ...(await idfFindings(sdk, idf)),
    ...(await compilerFindings(machine, boards)),
    pythonFinding(machine),
  ];
}

function nodeFinding({ node }: Machine): Finding {
  const name = 'Node';
  if (isAtLeast(node, NODE)) return { name, state: 'ok', found: node };
  return { name, state: 'failed', found: node, fix: `install Node ${NODE} or later` };
}

async function sdkFindings(sdk: string | undefined): Promise<Finding[]> {
  const name = 'Moddable SDK';
  const get = `get Moddable SDK ${SDK} or later, build its tools, and set MODDABLE to its folder`;
  if (!sdk) return [{ name, state: 'failed', found: 'MODDABLE is not set', fix: get }];
  const version = textOf(join(sdk, 'tools/VERSION'))?.trim();
  if (version === undefined) return [{ name, state: 'failed', found: `no Moddable SDK in ${sdk}`, fix: get }];
  if (!isAtLeast(version, SDK))
    return [{ name, state: 'failed', found: `${version} in ${sdk}`, fix: `update it to ${SDK} or later` }];
  const found = `${version} in ${sdk}`;
  return requireSdkTools(sdk).then(
    () => [{ name, state: 'ok', found }],
    ({ message }: Error) => [
      { name, state: 'failed', found: message, fix: `make in ${join(sdk, 'build/makefiles/lin')}` },
    ],
  );
}

async function idfFindings(sdk: string | undefined, idf: string | undefined): Promise<Finding[]> {
  const name = 'ESP-IDF';
  const expected = sdk ? await expectedIdf(sdk).catch(() => '6.0') : '6.0';
  const get = `get ESP-IDF v${expected}, run its install.sh, and set IDF_PATH to its folder`;
  if (!idf) return [{ name, state: 'failed', found: 'IDF_PATH is not set', fix: get }];
  return versionOfIdf(idf).then(
    (version) => {
      const found = `v${version} in ${idf}`;
      if (isSuitable(version, expected)) return [{ name, state: 'ok', found }];
      const fix = `git -C ${idf} checkout v${expected} and run its install.sh: the SDK wants that one`;
      return [{ name, state: 'failed', found, fix }];
    },
    () => [{ name, state: 'failed', found: `no ESP-IDF in ${idf}`, fix: get }],
  );
}

/** One for each compiler, of which several boards have the same. */
async function compilerFindings(
  { environment, compilerFor }: Machine,
  boards: readonly Esp32Board[],
): Promise<Finding[]> {
  const idf = environment.IDF_PATH;
  const named = new Map(boards.map((board) => [ESP32_BOARDS[board].toolchain, board]));
  const findings = [...named].map(async ([toolchain, board]): Promise<Finding> => {
    const name = `${toolchain}-gcc`;
    const fix = `run install.sh ${board} in the folder of ESP-IDF`;
    if (!idf) return { name, state: 'failed', found: 'it comes with ESP-IDF', fix };
    return compilerFor(board, idf).then(
      (found) => ({ name, state: 'ok', found }),
      () => ({ name, state: 'failed', found: 'it is not there', fix }),
    );
  });
  return Promise.all(findings);
}

function pythonFinding({ versionOf }: Machine): Finding {
  const name = 'Python';
  const version = versionOf('python3');
  const fix = `install Python ${PYTHON} or later, with venv: ESP-IDF builds with it`;
  if (version === undefined) return { name, state: 'failed', found: 'no python3', fix };
  return isAtLeast(version, PYTHON)
    ? { name, state: 'ok', found: version }
    : { name, state: 'failed', found: version, fix };
}

function esptoolFinding({ versionOf }: Machine): Finding {
  const version = versionOf('esptool') ?? versionOf('esptool.py');
  const found = version ?? 'none, and none is needed: npm run flash brings its own';
  return { name: 'esptool', state: 'ok', found };
}

function portFindings(machine: Machine): Finding[] {
  const { places } = machine;
  const ports = serialPorts(places);
  const manager: Finding[] = isRunning('ModemManager', places)
    ? [
        {
          name: 'ModemManager',
          state: 'note',
          found: 'it runs, and talks to boards that are plugged in',
          fix: 'sudo systemctl stop ModemManager',
        },
      ]
    : [];
  if (ports.length > 0) return [...ports.map((port) => portFinding(port, machine)), ...manager];
  const fix = 'connect a board by a cable that carries data';
  return [{ name: 'port', state: 'note', found: 'no serial port is there', fix }, ...manager];
}

function portFinding(port: string, { places, mayUse }: Machine): Finding {
  if (!mayUse(port)) {
    const fix = `sudo usermod -aG ${groupOf(port, places) ?? 'dialout'} $USER, then log in again`;
    return { name: port, state: 'failed', found: 'you may not use it', fix };
  }
  const holder = holderOf(port, places);
  if (holder === undefined) return { name: port, state: 'ok', found: 'free' };
  return { name: port, state: 'failed', found: `in use by ${holder}`, fix: 'end that' };
}

/** For a gateway with `--bluetooth`. */
function bluetoothFindings(places: Places): Finding[] {
  const name = 'Bluetooth LE';
  const adapters = namesIn(join(places.sys, 'class/bluetooth')).filter((each) => /^hci\d+$/.test(each));
  if (adapters.length === 0)
    return [{ name, state: 'note', found: 'no adapter', fix: 'a gateway by TCP or serial line needs none' }];
  if (!isRunning('bluetoothd', places)) return [{ name, state: 'ok', found: adapters.join(', ') }];
  const found = `BlueZ has ${adapters.join(', ')}, which a gateway cannot have at the same time`;
  return [{ name, state: 'note', found, fix: 'sudo systemctl stop bluetooth' }];
}

/** By numbers between dots; what is behind them does not count. */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [own, other] = [numbers(version), numbers(least)];
  const at = other.findIndex((number, index) => (own[index] ?? 0) !== number);
  return at < 0 || (own[at] ?? 0) > other[at]!;
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
