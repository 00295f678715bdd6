// SPDX-License-Identifier: Apache-2.0

/** The doctor on machines that are made for the test, and on this one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../../src/node/scratch.testing.ts';
import type { Esp32Board } from '../build/esp32-tools.ts';
import { examine, type Finding, isAtLeast, type Machine } from './checks.ts';

const test = suite('doctor');
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Made {
  readonly machine: Machine;
  readonly root: string;
  put(path: string, text: string): void;
}

/** One on which everything is as it should be. */
function healthy(changes: Partial<Machine> = {}): Made {
  const root = scratchFolder();
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o755 });
  };
  put('sdk/tools/VERSION', '8.2.3\n');
  put('sdk/build/devices/esp32/manifest.json', '{ "build": { "EXPECTED_ESP_IDF": "v6.0" } }');
  for (const tool of ['mcconfig', 'mcrez', 'xsc', 'xsid', 'xsl'])
    put(`sdk/build/bin/lin/release/${tool}`, '');
  put(
    'idf/tools/cmake/version.cmake',
    'set(IDF_VERSION_MAJOR 6)\nset(IDF_VERSION_MINOR 0)\nset(IDF_VERSION_PATCH 1)\n',
  );
  put('dev/ttyUSB0', '');
  put('sys/class/bluetooth/hci0/address', '');
  put('group', 'dialout:x:20:\n');
  mkdirSync(join(root, 'proc'));
  const [dev, proc, sys, groups] = ['dev', 'proc', 'sys', 'group'].map((name) => join(root, name));
  const machine: Machine = {
    environment: { MODDABLE: join(root, 'sdk'), IDF_PATH: join(root, 'idf') },
    places: { dev: dev!, proc: proc!, sys: sys!, groups: groups! },
    node: '20.20.2',
    versionOf: (program) => ({ python3: '3.11.7', esptool: '5.6.0' })[program],
    mayUse: () => true,
    compilerFor: async (board, idf) => `${idf}/${board}-gcc`,
    ...changes,
  };
  return { machine, root, put };
}

const BOARDS: readonly Esp32Board[] = ['esp32c3', 'esp32c6', 'esp32'];

async function worst(machine: Machine, name: string): Promise<Finding> {
  const findings = await examine(machine, BOARDS);
  const others = findings.filter((finding) => finding.name !== name && finding.state === 'failed');
  assert.equal(others, [], 'nothing else fails');
  return findings.find((finding) => finding.name === name)!;
}

test('a machine that has all of it is told so, each compiler once', async () => {
  const findings = await examine(healthy().machine, BOARDS);
  assert.equal(
    findings.map(({ name, state }) => `${name} ${state}`),
    [
      'Node ok',
      'Moddable SDK ok',
      'ESP-IDF ok',
      'riscv32-esp-elf-gcc ok',
      'xtensa-esp32-elf-gcc ok',
      'Python ok',
      'esptool ok',
    ].concat(`${findings[7]!.name} ok`, 'Bluetooth LE ok'),
  );
});

test('what is missing or of another version is one line with its fix', async () => {
  const { root, machine } = healthy();
  const environment = machine.environment;
  const cases: [string, RegExp, RegExp, Partial<Machine>][] = [
    ['Node', /20\.9\.0/, /install Node 20\.10 or later/, { node: '20.9.0' }],
    ['Python', /no python3/, /install Python 3\.10/, { versionOf: () => undefined }],
    ['Python', /3\.9\.2/, /install Python 3\.10/, { versionOf: () => '3.9.2' }],
    [
      'Moddable SDK',
      /no Moddable SDK in/,
      /set MODDABLE to its folder/,
      { environment: { ...environment, MODDABLE: join(root, 'nowhere') } },
    ],
    [
      'Moddable SDK',
      /MODDABLE is not set/,
      /get Moddable SDK 8\.2\.3 or later/,
      { environment: { ...environment, MODDABLE: '' } },
    ],
    [
      'ESP-IDF',
      /no ESP-IDF in/,
      /get ESP-IDF v6\.0/,
      { environment: { ...environment, IDF_PATH: join(root, 'nowhere') } },
    ],
    [
      'xtensa-esp32-elf-gcc',
      /not there/,
      /install\.sh esp32 /,
      {
        async compilerFor(board): Promise<string> {
          if (board === 'esp32') throw new Error('none');
          return 'gcc';
        },
      },
    ],
  ];
  for (const [name, found, fix, changes] of cases) {
    const finding = await worst({ ...machine, ...changes }, name);
    assert.is(finding.state, 'failed', name);
    assert.match(finding.found, found);
    assert.match(finding.fix!, fix);
  }
});

test('an SDK or an ESP-IDF of another version, and tools that are not built, are told apart', async () => {
  const old = healthy();
  old.put('sdk/tools/VERSION', '8.2.2');
  assert.match((await worst(old.machine, 'Moddable SDK')).fix!, 'update it to 8.2.3 or later');
  const unbuilt = healthy();
  unbuilt.put('empty/tools/VERSION', '9.0.0');
  unbuilt.put('empty/build/devices/esp32/manifest.json', '{ "build": { "EXPECTED_ESP_IDF": "v6.0" } }');
  const environment = { ...unbuilt.machine.environment, MODDABLE: join(unbuilt.root, 'empty') };
  const finding = await worst({ ...unbuilt.machine, environment }, 'Moddable SDK');
  assert.match(finding.found, 'no mcconfig');
  assert.match(finding.fix!, 'empty/build/makefiles/lin');
  const other = healthy();
  other.put('idf/tools/cmake/version.cmake', 'set(IDF_VERSION_MAJOR 5)\nset(IDF_VERSION_MINOR 5)\n');
  assert.match((await worst(other.machine, 'ESP-IDF')).fix!, 'checkout v6.0');
});

test('a port that its user may not use is named with the group that may', async () => {
  const { machine, root, put } = healthy({ mayUse: () => false });
  put('group', `staff:x:${process.getgid!()}:\n`);
  const finding = await worst(machine, join(root, 'dev/ttyUSB0'));
  assert.equal([finding.state, finding.found], ['failed', 'you may not use it']);
  assert.is(finding.fix, 'sudo usermod -aG staff $USER, then log in again');
});

test('a port that somebody has, and what talks to boards or has the adapter, are named', async () => {
  const { machine, root, put } = healthy();
  put('proc/7/comm', 'minicom\n');
  mkdirSync(join(root, 'proc/7/fd'));
  const port = join(root, 'dev/ttyUSB0');
  symlinkSync(port, join(root, 'proc/7/fd/3'));
  assert.is((await worst(machine, port)).found, 'in use by minicom (7)');
  put('proc/8/comm', 'ModemManager\n');
  put('proc/9/comm', 'bluetoothd\n');
  const findings = await examine(machine, BOARDS);
  const noteOf = (name: string) => findings.find((finding) => finding.name === name)!;
  assert.equal([noteOf('ModemManager').state, noteOf('Bluetooth LE').state], ['note', 'note']);
  assert.match(noteOf('ModemManager').fix!, 'systemctl stop ModemManager');
  assert.match(noteOf('Bluetooth LE').fix!, 'systemctl stop bluetooth');
});

test('versions are compared by numbers', () => {
  for (const version of ['8.2.3', '8.2.10', '8.3', '9', 'v8.2.3-dirty'])
    assert.ok(isAtLeast(version, '8.2.3'), version);
  for (const version of ['8.2.2', '8.1.9', '7.9.9', '8.2', ''])
    assert.not.ok(isAtLeast(version, '8.2.3'), version);
});

test('the command says a line each, or JSON with the same, and its status says whether all is well', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      encoding: 'utf8',
      env: { ...process.env, MODDABLE: '', IDF_PATH: '' },
    });
  const { stdout, status } = run('esp32c3', '--json');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
  assert.equal([ok, status], [false, 1]);
  assert.ok(checks.every(({ state, fix }) => state === 'ok' || fix !== undefined));
  assert.equal(
    checks.filter(({ name }) => name.endsWith('-gcc')).map(({ name }) => name),
    ['riscv32-esp-elf-gcc'],
  );
  const misused = run('nrf52');
  assert.match(misused.stderr, 'usage: npm run doctor');
  assert.is(misused.status, 2);
});

test.run();
