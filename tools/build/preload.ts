// SPDX-License-Identifier: Apache-2.0

/**
 * Makes libraries fit to be preloaded: xsl runs a module's body on the build machine and puts what it made
 * into flash, where a buffer cannot be written any more.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Gives each SHA-256 its own message schedule, where noble shares one at module level. */
export function preloadable(): Plugin {
  return {
    name: 'preloadable',
    setup(build): void {
      build.onLoad({ filter: /@noble\/hashes\/sha2\.js$/ }, async ({ path }) => ({
        contents: ownSchedule(await readFile(path, 'utf8')),
        loader: 'js',
      }));
    },
  };
}

function ownSchedule(source: string): string {
  const edits: [from: string | RegExp, to: string][] = [
    [/^const SHA256_W = .*$/m, ''],
    ['class SHA2_32B extends HashMD {', '$&\n    schedule = new Uint32Array(64);'],
    ['process(view, offset) {', '$&\n        const SHA256_W = this.schedule;'],
    ['clean(SHA256_W)', 'clean(this.schedule)'],
  ];
  return edits.reduce((text, [from, to]) => {
    if (text.replace(from, '') === text) throw new Error(`@noble/hashes changed: its SHA-256 has no ${from}`);
    return text.replace(from, to);
  }, source);
}
