// SPDX-License-Identifier: Apache-2.0

/**
 * Sets the qemu-rv32 board up, for the commands that run it: emulator, cross compiler, C library, mbedTLS,
 * and all of the image that is the same for every bundle. After main.mjs. With --no-install it installs nothing and says
 * on one line what is missing. Status 2 where something is missing.
 */
import { availableParallelism } from 'node:os';
import { install, installLine } from './debian.mjs';
import { makePath } from './host.mjs';
import { fetchMbedTls, hasMbedTlsSources, MBEDTLS_VERSION } from './mbedtls.mjs';
import { has, patiently, readStamp, run, SetupError, say, writeStamp } from './run.mjs';
import { rv32Engine } from './rv32-engine.mjs';
import { reported } from './set-up.mjs';

const COMPILER = 'riscv64-unknown-elf-gcc';
const EMULATOR = 'qemu-system-riscv32';
const STAMP = 'stamps/rv32';

async function main(args) {
  const isInstallForbidden = args.includes('--no-install');
  await requirePackages(isInstallForbidden);
  if (isInstallForbidden && !hasMbedTlsSources()) {
    throw new SetupError('no mbedTLS sources; type: node tools/setup/rv32.mjs');
  }
  const { sdk, compiler, image } = await rv32Engine();
  image.push(`MBEDTLS=${makePath('boards/qemu-rv32', await fetchMbedTls())}`);
  if (compiler) await make(compiler, 'the bytecode compiler');
  await make(image, 'XS and mbedTLS for rv32imac');
  const answer = async (question) => (await run('make', ['-s', ...image, question])).trim();
  const built = {
    engine: { name: 'XS', version: await answer('version') },
    sdk,
    make: image,
    mbedTls: MBEDTLS_VERSION,
    compiler: (await run(COMPILER, ['--version'])).split('\n')[0],
    emulator: (await run(EMULATOR, ['--version'])).split('\n')[0],
    flags: await answer('flags'),
  };
  const text = JSON.stringify(built);
  if (readStamp('rv32.json') !== text) writeStamp('rv32.json', text);
}

async function requirePackages(isInstallForbidden) {
  if (readStamp(STAMP) === 'there') return;
  const missing = await missingPackages();
  if (missing.length > 0 && isInstallForbidden) throw new SetupError(`type: sudo ${installLine(missing)}`);
  if (missing.length > 0) await install(missing);
  writeStamp(STAMP, 'there');
}

async function missingPackages() {
  const missing = [];
  if (!(await has(EMULATOR))) missing.push('qemu-system-misc');
  if (!(await has(COMPILER))) missing.push('gcc-riscv64-unknown-elf');
  const library = ['--specs=picolibc.specs', '-E', '-x', 'c', '/dev/null'];
  if (!(await has(COMPILER, library))) missing.push('picolibc-riscv64-unknown-elf');
  return missing;
}

async function make(args, what) {
  const plan = await run('make', ['-n', ...args]);
  const total = plan.split('\n').filter((line) => /^echo /.test(line)).length;
  if (total === 0) return;
  say(`building ${what}: ${total} steps`);
  await patiently(`building ${what}`, run('make', [`-j${availableParallelism()}`, ...args])).catch(
    (error) => {
      throw new SetupError(`${what} does not build: ${error.message}; remove build/qemu-rv32 and run again`);
    },
  );
}

if (!(await reported(() => main(process.argv.slice(2)), 'qemu-rv32: '))) process.exitCode = 2;
