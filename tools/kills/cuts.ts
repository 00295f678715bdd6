// SPDX-License-Identifier: Apache-2.0

/** Ends connections of a database from its side at random moments, all of them or about half. */
import pg from 'pg';

/** So long after the one before, at most. */
const CUT_AFTER_MS = 1500;

const CUT = `SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < $1`;

export class Cuts {
  /** Connections that were ended. */
  ended = 0;
  private readonly client: pg.Client;
  private readonly random: () => number;
  private isOver = false;
  private readonly running: Promise<void>;

  /** `random`: from 0 to below 1. */
  constructor(url: string, random: () => number) {
    this.client = new pg.Client({ connectionString: url });
    this.random = random;
    this.running = this.run();
    // Whoever stops it learns of that.
    this.running.catch(() => undefined);
  }

  /** Resolves when none follows. Rejects where one could not be made. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async run(): Promise<void> {
    await this.client.connect();
    try {
      while (!this.isOver) {
        await new Promise((resolve) => setTimeout(resolve, this.random() * CUT_AFTER_MS));
        const { rows } = await this.client.query<{ ended: number }>(CUT, [this.random() < 0.5 ? 1 : 0.5]);
        this.ended += rows[0]!.ended;
      }
    } finally {
      await this.client.end();
    }
  }
}
