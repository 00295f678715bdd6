// SPDX-License-Identifier: Apache-2.0

/**
 * Makes libraries fit to be preloaded: xsl runs a module's body on the build machine and puts what it made
 * into flash, where a buffer cannot be written any more.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin, PluginBuild } from 'esbuild';

/** What src/crypto/noble takes from @noble/curves, by module. */
const CURVES = Object.freeze({
  '@noble/curves/ed25519.js': ['ed25519', 'x25519'],
  '@noble/curves/nist.js': ['p256'],
});

/**
 * Gives each SHA-256 its own message schedule, where noble shares one at module level, and makes noble's
 * curves when they are first used: XS 17 reads BigInt constants in flash as 0.
 */
export function preloadable(): Plugin {
  return {
    name: 'preloadable',
    setup(build): void {
      build.onResolve({ filter: /^@noble\/curves\// }, () => ({ path: 'curves', namespace: 'lazy' }));
      build.onLoad({ filter: /^curves$/, namespace: 'lazy' }, async () => ({
        contents: lazyModule(await bundleCurves(build.esbuild), Object.values(CURVES).flat()),
        loader: 'js',
      }));
      build.onLoad({ filter: /@noble\/hashes\/sha2\.js$/ }, async ({ path }) => ({
        contents: ownSchedule(await readFile(path, 'utf8')),
        loader: 'js',
      }));
    },
  };
}

async function bundleCurves({ build }: PluginBuild['esbuild']): Promise<string> {
  const exports = Object.entries(CURVES).map(
    ([module, names]) => `export { ${names.join(', ')} } from '${module}';`,
  );
  const { outputFiles } = await build({
    stdin: { contents: exports.join('\n'), resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'iife',
    globalName: 'curves',
    target: 'es2021',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** A module that runs `source`, which defines `curves`, when one of its exports is first asked for something. */
function lazyModule(source: string, names: readonly string[]): string {
  const exports = names.map((name) => `export const ${name} = lazy('${name}');`);
  return `
    let loaded;
    function load() {
      ${source}
      return curves;
    }
    function lazy(name) {
      return new Proxy({}, { get: (_, property) => (loaded ??= load())[name][property] });
    }
    ${exports.join('\n')}
  `;
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
