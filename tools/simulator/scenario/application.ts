// SPDX-License-Identifier: Apache-2.0

/** An external entity at the server of a scenario: it may send contents to PNEs, or read theirs (CPNS-5). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ccsCredential } from '../../../src/handshake/credential.ts';
import { type NodeEntity, startExternalEntity } from '../../../src/node/external-entity.ts';
import { newIdentity } from '../../../src/node/identity.ts';
import { SERVER, type Stage } from './stage.ts';

export const APPLICATION = 'application';

/** What it may read, in a scenario that has it read. */
export class Reader {
  /** Numbers of readings that it has had, by PNE. */
  readonly numbers = new Map<string, number[]>();
  /** Bits of EntityPermission, by PNE. */
  readonly permissions = new Map<string, number>();

  countOf(pne: string): number {
    return this.numbers.get(pne)?.length ?? 0;
  }

  take(pne: string, value: unknown): void {
    this.numbers.set(pne, [...(this.numbers.get(pne) ?? []), (value as { readonly n: number }).n]);
  }
}

/** Resolves once the server has let it in. It commands PNEs, unless it reads. */
export async function startApplication(stage: Stage, reader?: Reader): Promise<NodeEntity> {
  const { provider } = stage;
  const identity = newIdentity(provider, APPLICATION);
  mkdirSync(stage.path(APPLICATION));
  const own = stage.credentialPath(APPLICATION);
  writeFileSync(own, identity.credential.cred);
  await stage.admin(SERVER, 'add-entity', own, reader === undefined ? '--command' : '--read', 'all');
  await stage.says(SERVER, 'entities', { count: 1 });
  const application = startExternalEntity({
    ...{ provider, identity, follows: reader !== undefined },
    server: `ws://127.0.0.1:${stage.portOf(SERVER)}`,
    serverCredential: ccsCredential(Uint8Array.from(readFileSync(stage.credentialPath(SERVER)))),
    onReading({ pneId, value }, taken): void {
      reader?.take(pneId, value);
      taken();
    },
    onDropped: (_dropped, taken) => taken(),
    onDevice: (pneId, permissions) => void reader?.permissions.set(pneId, permissions),
    onServer(): void {},
    onAgreed(): void {},
    onRefused(): void {},
    onServerUnreachable(): void {},
  });
  await stage.says(SERVER, 'agreed', { entity: APPLICATION });
  return application;
}
