// SPDX-License-Identifier: Apache-2.0

/** Device programs on the qemu-rv32 board: their modules are preloaded into flash where the engine can do that. */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundleForXs, ROOT } from './bundle.ts';
import { preloadable } from './preload.ts';
import { buildRv32Image, type Rv32Memory, rv32Setup } from './rv32.ts';

/** What an entry point's imports are in the module that starts: boards/qemu-rv32/sdk.mk. */
const PROGRAM = 'program';

/** Builds the image of an entry point of firmware. `memory` is the board's own unless given. Returns its path. */
export async function buildRv32Program(
  entry: string,
  name: string,
  define: Readonly<Record<string, string>> = {},
  memory?: Rv32Memory,
): Promise<string> {
  const path = join(ROOT, 'firmware', entry);
  if (!rv32Setup().preloads) return buildRv32Image(await bundleForXs(path, name, define), memory);
  const imports = new Set<string>();
  const start = await bundleForXs(path, `${name}-start`, define, [imported(imports)]);
  const contents = [...imports].map((module) => `export * from '${module}';`).join('\n');
  const stdin = { contents, resolveDir: join(ROOT, 'firmware') };
  const program = await bundleForXs(stdin, name, define, [preloadable()]);
  return buildRv32Image(start, memory, program);
}

/** Leaves all imports of the entry point to one module, and notes them. */
function imported(modules: Set<string>): Plugin {
  return {
    name: 'imported',
    setup(build): void {
      build.onResolve({ filter: /^/ }, ({ kind, path }) => {
        if (kind === 'entry-point') return undefined;
        modules.add(path);
        return { path: PROGRAM, external: true };
      });
    },
  };
}
