// SPDX-License-Identifier: Apache-2.0

/** The page's files: built in memory by esbuild in a checkout, and before in the npm package (tools/package/main.ts). */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PageFile } from './server.ts';

const CLIENT = new URL('client/', import.meta.url);
const BUILT = new URL('page.json', import.meta.url);

/** By path. */
export async function buildPage(): Promise<Record<string, PageFile>> {
  if (existsSync(BUILT)) return JSON.parse(await readFile(BUILT, 'utf8')) as Record<string, PageFile>;
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.tsx', CLIENT))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
    logLevel: 'warning',
  });
  const text = (name: string) => readFile(new URL(name, CLIENT), 'utf8');
  return {
    '/': { type: 'text/html; charset=utf-8', content: await text('index.html') },
    '/style.css': { type: 'text/css; charset=utf-8', content: await text('style.css') },
    '/attacks.css': { type: 'text/css; charset=utf-8', content: await text('attacks.css') },
    '/panels.css': { type: 'text/css; charset=utf-8', content: await text('panels.css') },
    '/icon.svg': { type: 'image/svg+xml', content: await text('icon.svg') },
    '/app.js': { type: 'text/javascript; charset=utf-8', content: outputFiles[0]!.text },
  };
}
