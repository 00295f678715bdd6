// SPDX-License-Identifier: Apache-2.0

/** Does something over and over beside what else is done, until it is stopped. */
export class Repeated {
  private isOver = false;
  private readonly running: Promise<void>;

  constructor(once: () => Promise<void>) {
    this.running = this.run(once);
    // Whoever stops it learns of that.
    this.running.catch(() => undefined);
  }

  /** Resolves when what is under way has ended, and nothing follows. Rejects where it has failed. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async run(once: () => Promise<void>): Promise<void> {
    while (!this.isOver) await once();
  }
}
