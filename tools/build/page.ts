// SPDX-License-Identifier: Apache-2.0

/** Builds the page's files in memory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { PageFile } from '../../src/node/page/server.ts';
import { ROOT } from './bundle.ts';

const CLIENT = join(ROOT, 'src/node/page/client');

/** By path. */
export async function buildPage(): Promise<Record<string, PageFile>> {
  const { outputFiles } = await build({
    entryPoints: [join(CLIENT, 'main.tsx')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
    logLevel: 'warning',
  });
  const text = (name: string) => readFile(join(CLIENT, name), 'utf8');
  return {
    '/': { type: 'text/html; charset=utf-8', content: await text('index.html') },
    '/style.css': { type: 'text/css; charset=utf-8', content: await text('style.css') },
    '/attacks.css': { type: 'text/css; charset=utf-8', content: await text('attacks.css') },
    '/icon.svg': { type: 'image/svg+xml', content: await text('icon.svg') },
    '/app.js': { type: 'text/javascript; charset=utf-8', content: outputFiles[0]!.text },
  };
}
