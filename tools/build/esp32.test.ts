// SPDX-License-Identifier: Apache-2.0

/** How an image of an ESP32 board is asked for, with programs in the place of the SDK's and of ESP-IDF's. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildBoardImage, findBoardImage, mcconfigArguments, readFlasherArguments } from './esp32.ts';
import { ownSettings } from './esp32-settings.ts';
import { esp32Tools, isSuitable } from './esp32-tools.ts';
import { firstError } from './sdk.ts';

const FLASHER_ARGUMENTS = JSON.stringify({
  flash_settings: { flash_mode: 'dio', flash_size: '4MB', flash_freq: '80m' },
  flash_files: { '0x10000': 'xs_esp32.bin', '0x0': 'bootloader/bootloader.bin' },
  extra_esptool_args: { chip: 'esp32c3' },
});
const STRUCTURES = ['psa_hash_operation_s', 'psa_key_attributes_s'];

interface Context {
  folder: string;
  path: string | undefined;
}

const test = suite<Context>('build/esp32');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'pne-esp32-'));
  context.path = process.env.PATH;
});

test.after.each(async ({ folder, path }) => {
  process.env.PATH = path;
  await rm(folder, { recursive: true });
});

async function program(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}

/** An SDK whose mcconfig runs `mcconfig`, an ESP-IDF, and a compiler on the PATH. */
async function install(
  folder: string,
  mcconfig: string,
  idfMinor = 0,
): Promise<{ sdk: string; idf: string }> {
  const [sdk, idf] = [join(folder, 'sdk'), join(folder, 'idf')];
  for (const tool of ['mcrez', 'xsc', 'xsid', 'xsl'])
    await program(join(sdk, 'build/bin/lin/release', tool), '');
  await program(join(sdk, 'build/bin/lin/release/mcconfig'), mcconfig);
  await mkdir(join(sdk, 'build/devices/esp32'), { recursive: true });
  await writeFile(
    join(sdk, 'build/devices/esp32/manifest.json'),
    '{ "build": { "EXPECTED_ESP_IDF": "v6.0" } }',
  );
  await mkdir(join(idf, 'tools/cmake'), { recursive: true });
  await writeFile(
    join(idf, 'tools/cmake/version.cmake'),
    `set(IDF_VERSION_MAJOR 6)\nset(IDF_VERSION_MINOR ${idfMinor})\nset(IDF_VERSION_PATCH 2)\n`,
  );
  await mkdir(join(idf, 'components/x'), { recursive: true });
  const keys = [...(await ownSettings()).keys()];
  await writeFile(join(idf, 'components/x/Kconfig'), keys.map((key) => `config ${key.slice(7)}\n`).join(''));
  return { sdk, idf };
}

/** readelf says of a file's structures what the file says. */
async function installCompiler(folder: string): Promise<void> {
  await program(join(folder, 'bin/riscv32-esp-elf-gcc'), '');
  await program(join(folder, 'bin/riscv32-esp-elf-readelf'), 'shift; cat "$@"');
  process.env.PATH = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
}

/** What readelf prints of structures with so many bytes each. */
function dwarf(bytes: number): string {
  return STRUCTURES.map(
    (name) =>
      ` <1><2d>: Abbrev Number: 2 (DW_TAG_structure_type)\n    <2e>   DW_AT_name        : (indirect string, offset: 0x1): ${name}\n    <32>   DW_AT_byte_size   : ${bytes}\n`,
  ).join('');
}

/** A build that leaves what ESP-IDF's leaves, of structures with these sizes. */
function building(folder: string, own: number, library: number, chaCha = 'y'): string {
  const objects = join(folder, 'out/tmp/esp32/esp32c3/release/pne-serial');
  const build = join(objects, 'xsProj-esp32c3/build');
  return `echo "$@" > ${folder}/arguments
echo "$MODDABLE $IDF_PATH" > ${folder}/environment
mkdir -p ${build}/esp-idf/mbedtls/core
cat > ${objects}/mac.c.o << END
${dwarf(own)}END
cat > ${build}/esp-idf/mbedtls/core/libtfpsacrypto.a << END
${dwarf(library)}END
echo '${FLASHER_ARGUMENTS}' > ${build}/flasher_args.json
echo 'CONFIG_MBEDTLS_CHACHA20_C=${chaCha}' > ${build}/../sdkconfig
touch ${build}/xs_esp32.elf`;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );
}

test('an image is built by mcconfig as the external board, without flashing it', () => {
  assert.equal(mcconfigArguments('esp32c6', { program: 'pne-ble', debug: true, output: '/out' }), [
    ...['-d', '-m', '-p', 'esp32:./boards/esp32c6', '-t', 'build', '-o', '/out'],
    'manifests/pne-ble/manifest.json',
  ]);
});

test('what is written to flash comes from the build, in order', () => {
  assert.equal(readFlasherArguments(FLASHER_ARGUMENTS, '/build'), {
    chip: 'esp32c3',
    settings: { mode: 'dio', frequency: '80m', size: '4MB' },
    parts: [
      { offset: 0, path: '/build/bootloader/bootloader.bin' },
      { offset: 0x10000, path: '/build/xs_esp32.bin' },
    ],
  });
});

test('an image is built with the SDK and ESP-IDF that are named', async ({ folder }) => {
  const output = join(folder, 'out');
  const { sdk, idf } = await install(folder, building(folder, 232, 232));
  await installCompiler(folder);
  assert.is(await findBoardImage('esp32c3', { program: 'pne-serial', output }), undefined);
  const image = await buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output });
  assert.equal(await findBoardImage('esp32c3', { program: 'pne-serial', output }), image);
  assert.is(image.chip, 'esp32c3');
  assert.is(image.parts.length, 2);
  assert.match(await readFile(join(folder, 'arguments'), 'utf8'), /^-m -p esp32:\.\/boards\/esp32c3 /);
  assert.is((await readFile(join(folder, 'environment'), 'utf8')).trim(), `${sdk} ${idf}`);
});

test('an image whose structures are not those of the crypto library is refused', async ({ folder }) => {
  const { sdk, idf } = await install(folder, building(folder, 0x190, 0x180));
  await installCompiler(folder);
  const output = join(folder, 'out');
  const failure = await failureOf(buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output }));
  assert.match(failure, /psa_hash_operation_s has 400 bytes here, 384 in the library$/);
});

test('an image that was built without a setting of ours is refused', async ({ folder }) => {
  const { sdk, idf } = await install(folder, building(folder, 232, 232, 'n'));
  await installCompiler(folder);
  const output = join(folder, 'out');
  const failure = await failureOf(buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output }));
  assert.match(failure, /^MODDABLE: CONFIG_MBEDTLS_CHACHA20_C is n, not y; /);
});

test('a build that links nothing is refused, although mcconfig succeeds and an older image is there', async ({
  folder,
}) => {
  const output = join(folder, 'out');
  const { sdk, idf } = await install(folder, building(folder, 232, 232));
  await installCompiler(folder);
  await buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output });
  await program(join(sdk, 'build/bin/lin/release/mcconfig'), 'exit 0');
  const failure = await failureOf(buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output }));
  assert.is(failure, 'MODDABLE: pne-serial for esp32c3: no image was linked');
});

test('a project whose configuration was cut off is configured anew, one that was built is not', async ({
  folder,
}) => {
  const output = join(folder, 'out');
  const build = join(output, 'tmp/esp32/esp32c3/release/pne-serial/xsProj-esp32c3/build');
  const isThere = `test -e ${build}/config/sdkconfig.h && echo yes >> ${folder}/configured`;
  const { sdk, idf } = await install(
    folder,
    `${isThere}\n${building(folder, 232, 232)}\ntouch ${build}/build.ninja`,
  );
  await installCompiler(folder);
  const seen = async () => {
    await buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output });
    return await readFile(join(folder, 'configured'), 'utf8').catch(() => 'no');
  };
  await mkdir(join(build, 'config'), { recursive: true });
  await writeFile(join(build, 'config/sdkconfig.h'), '');
  assert.is(await seen(), 'no');
  await mkdir(join(build, 'config'), { recursive: true });
  await writeFile(join(build, 'config/sdkconfig.h'), '');
  assert.is(await seen(), 'yes\n');
});

test('what the compiler says is passed on', async ({ folder }) => {
  const { sdk, idf } = await install(folder, 'echo "x.c:1: error: unknown type" >&2; exit 2');
  await installCompiler(folder);
  const output = join(folder, 'out');
  const failure = await failureOf(buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output }));
  assert.match(failure, /mcconfig failed: x\.c:1: error: unknown type$/);
  assert.is(
    firstError('cc -Werror=all x.c\nx.o: undefined reference to `y`'),
    'x.o: undefined reference to `y`',
  );
  assert.is(
    firstError(
      '### warning: main: isError() natives: no const\n[1/2] Building C object error.c.obj\nall well',
    ),
    undefined,
  );
});

test('what ESP-IDF keeps in files is passed on', async ({ folder }) => {
  const [errors, output] = [join(folder, 'stderr'), join(folder, 'stdout')];
  await writeFile(errors, 'no hint\n');
  await writeFile(output, "[1/9] Building error.c.obj\nwpa.c:9: undefined reference to `z'\n");
  const { sdk, idf } = await install(
    folder,
    `echo "ninja failed with exit code 1, output of the command is in the ${errors} and ${output}"; exit 2`,
  );
  await installCompiler(folder);
  const failure = await failureOf(
    buildBoardImage('esp32c3', { program: 'pne-serial', sdk, idf, output: join(folder, 'out') }),
  );
  assert.match(failure, /mcconfig failed: wpa\.c:9: undefined reference to `z'$/);
});

test('what is missing is named, with what to do', async ({ folder }) => {
  const { sdk, idf } = await install(folder, '');
  assert.match(await failureOf(esp32Tools('esp32c3', '', idf)), /^MODDABLE is not set: /);
  assert.match(
    await failureOf(esp32Tools('esp32c3', folder, idf)),
    /no mcconfig in .*; build the SDK's tools/,
  );
  assert.match(
    await failureOf(esp32Tools('esp32c3', sdk, '')),
    /^IDF_PATH is not set: set it to ESP-IDF v6\.0$/,
  );
  assert.match(await failureOf(esp32Tools('esp32c3', sdk, folder)), /^IDF_PATH: no ESP-IDF in /);
  process.env.PATH = '/usr/bin:/bin';
  assert.match(
    await failureOf(esp32Tools('esp32s3', sdk, idf)),
    /^no xtensa-esp32s3-elf-gcc: run .*\/idf\/install\.sh esp32s3$/,
  );
});

test('a compiler that only export.sh knows is found', async ({ folder }) => {
  const { sdk, idf } = await install(folder, '');
  await program(join(folder, 'hidden/riscv32-esp-elf-gcc'), '');
  await writeFile(join(idf, 'export.sh'), `PATH=${folder}/hidden:$PATH\n`);
  process.env.PATH = '/usr/bin:/bin';
  const { toolchain, version } = await esp32Tools('esp32c3', sdk, idf);
  assert.is(toolchain, join(folder, 'hidden/riscv32-esp-elf-'));
  assert.is(version, '6.0.2');
});

test('another release of ESP-IDF is refused, another patch is not', async ({ folder }) => {
  const { sdk, idf } = await install(folder, '', 1);
  await installCompiler(folder);
  assert.match(
    await failureOf(esp32Tools('esp32c3', sdk, idf)),
    /^IDF_PATH: ESP-IDF 6\.1\.2 in .*; this Moddable SDK needs v6\.0$/,
  );
  assert.ok(isSuitable('6.0.2', '6.0'));
  assert.not.ok(isSuitable('5.0.0', '6.0'));
});

test.run();
