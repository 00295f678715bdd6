// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchFromNpm } from './engine.mjs';
import { makeArguments as argumentsOf, fingerprint } from './host.mjs';
import { OUTPUT, SetupError } from './run.mjs';

const BUILD = join(OUTPUT, 'qemu-rv32');
const TOOLS = 'build/bin/lin/release';

/**
 * The engine for the qemu-rv32 board and what compiles a bundle for it: of the Moddable SDK where MODDABLE
 * names one, whose owner has built its tools, else npm's copy and boards/qemu-rv32/compile. Returns whether
 * it is the SDK's, and arguments of make: for the board and, where it is ours to make, for the compiler.
 */
export async function rv32Engine() {
  const sdk = process.env.MODDABLE;
  return sdk ? fromSdk(sdk) : fromNpm(await fetchFromNpm());
}

function fromSdk(sdk) {
  const tools = join(sdk, TOOLS);
  for (const tool of ['xsc', 'xsl']) {
    if (existsSync(join(tools, tool))) continue;
    throw new SetupError(`MODDABLE: no ${tool} in ${tools}; build the SDK's tools (build/makefiles/lin)`);
  }
  const engine = join(sdk, 'xs');
  const image = makeArguments('boards/qemu-rv32', engine, join(BUILD, `image-${fingerprint(engine)}`));
  return { sdk: true, image: [...image, `TOOLS=${tools}`] };
}

function fromNpm(engine) {
  return {
    sdk: false,
    compiler: makeArguments('boards/qemu-rv32/compile', engine, join(BUILD, 'compile')),
    image: makeArguments('boards/qemu-rv32', engine, join(BUILD, 'image')),
  };
}

function makeArguments(folder, engine, output) {
  mkdirSync(output, { recursive: true });
  return argumentsOf(folder, engine, output);
}
