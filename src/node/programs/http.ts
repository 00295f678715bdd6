// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime http`: readings as server-sent events and contents by POST, for an application on this machine. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { NodeEntity } from '../external-entity.ts';
import { startHttpEntity } from '../http-entity.ts';
import { openFolder } from '../own-folder.ts';
import { readPrivate, writeOnce } from '../secret-file.ts';
import { parseAddress, type Values } from './config.ts';
import { ENTITY_OPTIONS, startOwnEntity } from './own-entity.ts';
import { readServerCredential } from './own-server.ts';
import type { Program, ProgramContext } from './program.ts';

export const HTTP_OPTIONS = Object.freeze({
  ...ENTITY_OPTIONS,
  state: { fallback: 'pne-http' },
  name: { fallback: 'http' },
  listen: { fallback: '127.0.0.1:8753', check: parseAddress },
});

const TOKEN_BYTES = 24;

export async function startHttpProgram(
  values: Values<keyof typeof HTTP_OPTIONS>,
  context: ProgramContext,
): Promise<Program> {
  readServerCredential(values['server-credential']);
  const { host, port } = parseAddress(values.listen);
  const token = openToken(openFolder(values.state));
  const served = await startHttpEntity({
    ...{ host, port, token },
    entity: { deliver: (...content) => entity.deliver(...content) },
  });
  let entity: NodeEntity;
  try {
    entity = startOwnEntity(values, context, '--read all --command all', {
      follows: true,
      onReading: served.reading,
      onDropped: served.dropped,
      onDevice: served.device,
      onServer(): void {},
    });
  } catch (error) {
    await served.close();
    throw error;
  }
  context.log('listening', { address: `${host}:${served.port}`, token: join(values.state, 'token') });
  return {
    port: served.port,
    async close(): Promise<void> {
      entity.close();
      await served.close();
    },
  };
}

/** A file that whoever may ask reads: made at the first start. */
function openToken(folder: string): string {
  const path = join(folder, 'token');
  const known = readPrivate(path);
  if (known !== undefined) return Buffer.from(known).toString('utf8').trim();
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  writeOnce(path, Buffer.from(`${token}\n`), 0o600);
  return token;
}
