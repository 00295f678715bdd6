// SPDX-License-Identifier: Apache-2.0

/** What programs that are external entities have in common: a folder with who they are, and a server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EntityPermission } from '../../authorization/entity-access.ts';
import { type NodeEntity, type NodeEntityOptions, startExternalEntity } from '../external-entity.ts';
import { openIdentity } from '../identity.ts';
import { openFolder } from '../own-folder.ts';
import { readSealingKey } from '../sealing-key.ts';
import { writeOnce } from '../secret-file.ts';
import { agreementFacts } from './agreement-facts.ts';
import { checkOneOf, checkServerUrl, parseAddress, type Values } from './config.ts';
import { readServerCredential, ServerAbsence } from './own-server.ts';
import type { ProgramContext } from './program.ts';

/** Of every such program; each has its own default for the folder and the name. */
export const ENTITY_OPTIONS = Object.freeze({
  server: { fallback: 'ws://127.0.0.1:8750', check: checkServerUrl },
  'server-credential': { fallback: '' },
  'sealing-key': { fallback: '' },
  metrics: { fallback: '', check: parseAddress },
  log: { fallback: 'text', check: checkOneOf('text', 'json') },
});

export type EntityValues = Values<keyof typeof ENTITY_OPTIONS | 'state' | 'name'>;

type Handlers = Pick<NodeEntityOptions, 'follows' | 'onReading' | 'onDropped' | 'onDevice' | 'onServer'>;

/** `grant`: what it asks to be granted, as `admin add-entity` takes it. */
export function startOwnEntity(
  values: EntityValues,
  { provider, log, metrics }: ProgramContext,
  grant: string,
  handlers: Handlers,
): NodeEntity {
  const serverCredential = readServerCredential(values['server-credential']);
  const folder = openFolder(values.state);
  const key = readSealingKey(provider, values['sealing-key'], process.env);
  const identity = openIdentity(provider, join(folder, 'identity'), values.name, key);
  const credential = join(folder, 'credential');
  if (!existsSync(credential)) writeOnce(credential, identity.credential.cred, 0o644);
  const absence = new ServerAbsence(log, values.state, `add-entity FILE ${grant}`);
  let isServerThere = false;
  metrics.show('server_link', () => Number(isServerThere));
  return startExternalEntity({
    ...handlers,
    ...{ provider, identity, server: values.server, serverCredential },
    onReading(reading, taken): void {
      metrics.reading();
      handlers.onReading(reading, taken);
    },
    onDropped(dropped, taken): void {
      log('dropped', { pne: dropped.pneId, count: dropped.count, first: dropped.first, last: dropped.last });
      handlers.onDropped(dropped, taken);
    },
    onDevice(pneId, permissions): void {
      if ((permissions & EntityPermission.consentRequired) !== 0) log('consent-required', { pne: pneId });
      handlers.onDevice(pneId, permissions);
    },
    onServer(isThere): void {
      log(isThere ? 'server-there' : 'server-away', { server: values.server });
      isServerThere = isThere;
      if (isThere) absence.over();
      handlers.onServer(isThere);
    },
    onAgreed: (agreement) =>
      log('agreed', { server: agreement.peer.subject ?? '', ...agreementFacts(agreement) }),
    onRefused: (reason) => absence.refused(reason),
    onServerUnreachable: (error) => absence.unreachable(error),
  });
}
