// SPDX-License-Identifier: Apache-2.0

/** An external entity that reads all that the PNEs say, from a server that comes and goes. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential, Identity } from '../../src/handshake/credential.ts';
import { type NodeEntity, startExternalEntity } from '../../src/node/external-entity.ts';
import { fasterAfter } from './devices.ts';

/** It takes a reading so long after it has come, at most: links end in between. */
const TAKEN_AFTER_MS = 30;

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
  private readonly onCame = new Set<() => void>();

  constructor({ random, ...options }: ReaderOptions) {
    this.entity = startExternalEntity({
      ...options,
      after: fasterAfter,
      follows: true,
      onReading: ({ pneId, value }, taken) => {
        const name = `${pneId} ${value}`;
        this.came.set(name, (this.came.get(name) ?? 0) + 1);
        setTimeout(taken, random() * TAKEN_AFTER_MS);
        for (const look of this.onCame) look();
      },
      onDropped: (_dropped, taken) => taken(),
      onDevice(): void {},
      onServer(): void {},
      onAgreed(): void {},
      onRefused(): void {},
      onServerUnreachable(): void {},
    });
  }

  /** Resolves when all of these have come. */
  has(names: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!names.every((name) => this.came.has(name))) return;
        this.onCame.delete(look);
        resolve();
      };
      this.onCame.add(look);
      look();
    });
  }

  close(): void {
    this.entity.close();
  }
}
