// SPDX-License-Identifier: Apache-2.0

/** Ends connections of a database from its side at random moments, all of them or about half. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Repeated } from './repeated.ts';

/** So long after the one before, at most. */
const CUT_AFTER_MS = 1500;

const CUT = `SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < $1`;

export class Cuts {
  /** Connections that were ended. */
  ended = 0;
  private readonly client: pg.Client;
  private readonly random: () => number;
  private readonly repeated: Repeated;

  private constructor(client: pg.Client, random: () => number) {
    this.client = client;
    this.random = random;
    this.repeated = new Repeated(() => this.cut());
  }

  /** `random`: from 0 to below 1. */
  static async begin(url: string, random: () => number): Promise<Cuts> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new Cuts(client, random);
  }

  /** Resolves when none follows. Rejects where one could not be made. */
  async stop(): Promise<void> {
    await this.repeated.stop().finally(() => this.client.end());
  }

  private async cut(): Promise<void> {
    await pause(this.random() * CUT_AFTER_MS);
    const { rows } = await this.client.query<{ ended: number }>(CUT, [this.random() < 0.5 ? 1 : 0.5]);
    this.ended += rows[0]!.ended;
  }
}
