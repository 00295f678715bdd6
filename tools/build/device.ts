// SPDX-License-Identifier: Apache-2.0

/** What the program of a device is made of, beside what `src` and `firmware` say. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';
import type { RoleName } from '../../src/negotiation/policies.ts';
import { ROOT } from './bundle.ts';
import { tablesLeft, withNumbers } from './numbers.ts';

/** Tables become numbers, and the policies of other roles are left out. */
export function deviceProgram(role: RoleName): Plugin {
  return {
    name: 'device program',
    setup(build): void {
      const policies = join(ROOT, 'src/negotiation/policies.ts');
      build.onLoad(
        { filter: new RegExp(`^${ROOT}(src|firmware|boards)/.*\\.ts$`) },
        async ({ path }): Promise<OnLoadResult> => {
          const source = await readFile(path, 'utf8');
          return {
            contents: withNumbers(path === policies ? withPoliciesOf(role, source) : source),
            loader: 'ts',
          };
        },
      );
      build.onEnd(({ outputFiles = [] }) => ({
        errors: outputFiles.flatMap(({ text }) => tablesLeft(text)).map((text) => ({ text })),
      }));
    },
  };
}

/** Its table has a row a line. esbuild then drops what only the others named. */
export function withPoliciesOf(role: RoleName, source: string): string {
  const rows = [...source.matchAll(/^ {2}(\w+): table\(.*\),\n/gm)];
  if (rows.filter(([, name]) => name === role).length !== 1) throw new Error(`no policies of ${role}`);
  return rows.filter(([, name]) => name !== role).reduce((left, [row]) => left.replace(row, ''), source);
}
