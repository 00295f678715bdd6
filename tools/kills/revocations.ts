// SPDX-License-Identifier: Apache-2.0

/** Takes a PNE its grant, lets it go on sending, and grants it anew, one after the other, while servers come and go. */
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import { grantMembership, revokeGrants } from '../../src/node/grants.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { Repeated } from './repeated.ts';

/** A PNE had no grant from that commit until that other was begun, in milliseconds since 1970. */
export interface Ban {
  readonly pneId: string;
  readonly from: number;
  readonly to: number;
}

export interface RevocationsOptions {
  readonly pneIds: readonly string[];
  /** Opens the servers' store, as an administrator does, beside them. */
  open(): Promise<KeyValueStore>;
  /** Whether an error of the store is one that passes. */
  passes(error: Error): boolean;
  /** From 0 to below 1. */
  random(): number;
}

/** So long at most in between, and without a grant. */
const GRANTED_MS = 1000;
const REVOKED_MS = 3000;
const AGAIN_MS = 50;

export class Revocations {
  readonly bans: Ban[] = [];
  private readonly options: RevocationsOptions;
  private readonly repeated: Repeated;

  constructor(options: RevocationsOptions) {
    this.options = options;
    this.repeated = new Repeated(() => this.revokeOne());
  }

  /** Resolves when none follows, and every PNE has a grant. */
  stop(): Promise<void> {
    return this.repeated.stop();
  }

  private async revokeOne(): Promise<void> {
    const { pneIds, random } = this.options;
    await pause(random() * GRANTED_MS);
    const pneId = pneIds[Math.floor(random() * pneIds.length)]!;
    await this.insist((store) => revokeGrants(store, pneId));
    const from = Date.now();
    await pause(random() * REVOKED_MS);
    this.bans.push({ pneId, from, to: Date.now() });
    await this.insist((store) => grantMembership(store, pneId, DEFAULT_PN, Number.MAX_SAFE_INTEGER));
  }

  private async insist(work: (store: KeyValueStore) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await this.once(work);
      } catch (error) {
        if (!this.options.passes(error as Error)) throw error;
        await pause(AGAIN_MS);
      }
    }
  }

  private async once(work: (store: KeyValueStore) => Promise<void>): Promise<void> {
    const store = await this.options.open();
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }
}
