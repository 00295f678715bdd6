// SPDX-License-Identifier: Apache-2.0

/** An external entity at the server of a scenario, which may send contents to PNEs (CPNS-5). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ccsCredential } from '../../../src/handshake/credential.ts';
import { type NodeEntity, startExternalEntity } from '../../../src/node/external-entity.ts';
import { newIdentity } from '../../../src/node/identity.ts';
import { SERVER, type Stage } from './stage.ts';

const NAME = 'application';

/** Resolves once the server has let it in. */
export async function startApplication(stage: Stage): Promise<NodeEntity> {
  const { provider } = stage;
  const identity = newIdentity(provider, NAME);
  mkdirSync(stage.path(NAME));
  writeFileSync(stage.credentialPath(NAME), identity.credential.cred);
  await stage.admin(SERVER, 'add-entity', stage.credentialPath(NAME), '--command', 'all');
  await stage.says(SERVER, 'entities', { count: 1 });
  const application = startExternalEntity({
    ...{ provider, identity, follows: false, server: `ws://127.0.0.1:${stage.portOf(SERVER)}` },
    serverCredential: ccsCredential(Uint8Array.from(readFileSync(stage.credentialPath(SERVER)))),
    onReading(): void {},
    onDropped(): void {},
    onDevice(): void {},
    onServer(): void {},
    onAgreed(): void {},
    onRefused(): void {},
    onServerUnreachable(): void {},
  });
  await stage.says(SERVER, 'agreed', { entity: NAME });
  return application;
}
