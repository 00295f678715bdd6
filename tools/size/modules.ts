// SPDX-License-Identifier: Apache-2.0

/** Which module each line of a bundle is from: esbuild puts its path above it. */
import { readFileSync } from 'node:fs';

/** What is in no module: esbuild's own functions, and what the bundle's one scope costs as a whole. */
export const SCOPE = '(scope)';

/** Whose a module is. What is in none counts as the firmware's. */
export type Share = 'src' | 'firmware' | 'library';

export function shareOf(module: string): Share {
  if (module.startsWith('src/')) return 'src';
  return module.startsWith('node_modules/') ? 'library' : 'firmware';
}

/** The module of each line, the first line being 0. */
export function modulesByLine(bundle: string): string[] {
  let module = SCOPE;
  return readFileSync(bundle, 'utf8')
    .split('\n')
    .map((line) => {
      module = moduleAt(line) ?? module;
      return module;
    });
}

/** The module that begins with this line, undefined where none does. */
export function moduleAt(line: string): string | undefined {
  return line.match(/^\/\/ ((?:src|firmware|boards|tools|node_modules)\/\S+\.\w+)$/)?.[1];
}
