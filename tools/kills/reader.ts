// SPDX-License-Identifier: Apache-2.0

/** An external entity that reads all that the PNEs say, from a server that comes and goes. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential, Identity } from '../../src/handshake/credential.ts';
import { type NodeEntity, startExternalEntity } from '../../src/node/external-entity.ts';
import { fasterAfter } from './devices.ts';

/** It takes a reading so long after it has come, at most: links end in between. */
const TAKEN_AFTER_MS = 30;

/** So often it is looked whether anything comes, with a pause: looks, not time, as a machine may stand still. */
const QUIET_LOOKS = 1200;
const LOOK_MS = 50;

export interface ReaderOptions {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly server: string;
  readonly serverCredential: Credential;
  /** From 0 to below 1. */
  random(): number;
}

export class EntityReader {
  /** How often each reading came: `PNE VALUE`. */
  readonly came = new Map<string, number>();
  private readonly entity: NodeEntity;

  constructor({ random, ...options }: ReaderOptions) {
    this.entity = startExternalEntity({
      ...options,
      after: fasterAfter,
      follows: true,
      onReading: ({ pneId, value }, taken) => {
        const name = `${pneId} ${value}`;
        this.came.set(name, (this.came.get(name) ?? 0) + 1);
        setTimeout(taken, random() * TAKEN_AFTER_MS);
      },
      onDropped: (_dropped, taken) => taken(),
      onDevice(): void {},
      onServer(): void {},
      onAgreed(): void {},
      onRefused(): void {},
      onServerUnreachable(): void {},
    });
  }

  /** Resolves when all of these have come, or nothing comes any more. */
  async has(names: readonly string[]): Promise<void> {
    const missing = new Set(names.filter((name) => !this.came.has(name)));
    for (let quiet = 0; missing.size > 0 && quiet < QUIET_LOOKS; quiet += 1) {
      const before = this.came.size;
      await pause(LOOK_MS);
      for (const name of missing) if (this.came.has(name)) missing.delete(name);
      if (this.came.size > before) quiet = 0;
    }
  }

  close(): void {
    this.entity.close();
  }
}
