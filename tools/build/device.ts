// SPDX-License-Identifier: Apache-2.0

/** What the program of a device is made of, beside what `src` and `firmware` say. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';
import type { RoleName } from '../../src/negotiation/policies.ts';
import { ROOT } from './bundle.ts';
import { withIndices } from './loops.ts';
import { tablesLeft, withNumbers } from './numbers.ts';
import { withoutReasons } from './reasons.ts';

/** Functions of src that an image with native cryptography has in C, by the modules that have both. */
const IN_C: readonly string[] = Object.freeze([
  'src/bytes/compare.ts',
  'src/bytes/copy.ts',
  'src/bytes/utf8.ts',
  'src/cbor/flat.ts',
  'src/cbor/float.ts',
  'src/link/cut.ts',
]);

/** Puts C in place of the TypeScript that says what it does. */
export function functionsInC(): Plugin {
  return {
    name: 'functions in C',
    setup(build): void {
      const inC = join(ROOT, 'firmware/providers/device-bytes.ts');
      build.onResolve(
        { filter: /\/(compare|copy|cut|flat|float|utf8)\.ts$/ },
        ({ path, resolveDir, importer }) => {
          const isTheirs = IN_C.some((module) => join(ROOT, module) === join(resolveDir, path));
          return isTheirs && importer !== inC ? { path: inC } : undefined;
        },
      );
    },
  };
}

/** Tables become numbers, iterators indices, and what only other roles have in tables is left out. */
export function deviceProgram(role: RoleName): Plugin {
  return {
    name: 'device program',
    setup(build): void {
      const policies = join(ROOT, 'src/negotiation/policies.ts');
      build.onLoad(
        { filter: new RegExp(`^${ROOT}(src|firmware|boards)/.*\\.ts$`) },
        async ({ path }): Promise<OnLoadResult> => {
          const source = await readFile(path, 'utf8');
          const own = path === policies ? withPoliciesOf(role, source) : source;
          return { contents: withNumbers(withIndices(own)), loader: 'ts' };
        },
      );
      build.onEnd(({ outputFiles = [] }) => {
        for (const file of outputFiles) file.contents = Buffer.from(withoutReasons(file.text));
        return { errors: outputFiles.flatMap(({ text }) => tablesLeft(text)).map((text) => ({ text })) };
      });
    },
  };
}

/** Its table has a row a line. esbuild then drops what only the others named. */
export function withPoliciesOf(role: RoleName, source: string): string {
  const rows = [...source.matchAll(/^ {2}(\w+): table\(.*\),\n/gm)];
  if (rows.filter(([, name]) => name === role).length !== 1) throw new Error(`no policies of ${role}`);
  return rows.filter(([, name]) => name !== role).reduce((left, [row]) => left.replace(row, ''), source);
}
