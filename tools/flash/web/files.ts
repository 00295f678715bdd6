// SPDX-License-Identifier: Apache-2.0

/**
 * The files of the page that writes an image to a board. Nothing of them is secret: who the board is to be comes from a
 * file that its user gives to the page, and never to the program.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageFile } from '../../../src/node/page/server.ts';
import { ROOT } from '../../build/bundle.ts';
import { type BuiltImage, partsOf, storeOf } from '../image.ts';
import type { ImageManifest } from './manifest.ts';

/** That of the network's page. */
const ICON = join(ROOT, 'src/node/page/client/icon.svg');
const CLIENT = fileURLToPath(new URL('client', import.meta.url));

/** By path. Throws a `FlashProblem` where a file of the image cannot be used. */
export async function filesFor(
  board: string,
  title: string,
  image: BuiltImage,
): Promise<Record<string, PageFile>> {
  const parts = partsOf(image);
  const row = storeOf(parts);
  const manifest: ImageManifest = {
    board,
    title,
    chip: image.chip,
    parts: parts.map(({ name, offset, md5 }, at) => ({ name, offset, md5: md5!, path: `/part-${at}` })),
    store: row === undefined ? null : { offset: row.offset, size: row.size },
  };
  const served = parts.map(({ bytes }, at) => [
    `/part-${at}`,
    { type: 'application/octet-stream', content: bytes },
  ]);
  return {
    ...(await pageFiles()),
    '/image.json': { type: 'application/json', content: JSON.stringify(manifest) },
    ...Object.fromEntries(served),
  };
}

async function pageFiles(): Promise<Record<string, PageFile>> {
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
    '/icon.svg': { type: 'image/svg+xml', content: await readFile(ICON, 'utf8') },
    '/style.css': { type: 'text/css; charset=utf-8', content: await text('style.css') },
    '/app.js': { type: 'text/javascript; charset=utf-8', content: outputFiles[0]!.text },
  };
}
