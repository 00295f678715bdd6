// SPDX-License-Identifier: Apache-2.0

/** Connections to a database that end while a program starts: what only reads is asked again on the next one. */
import { setTimeout as pause } from 'node:timers/promises';
import { pauseBefore } from '../reconnect.ts';

export interface DatabaseLosses {
  /** Later on who asks is told of a loss at once, and has something of its own to do about it. */
  isStarting(): boolean;
  /** There is no connection any more: once until there is one again. */
  onLost(error: Error): void;
}

/** SQLSTATEs of a database that ends or starts: it has been found, and will be there again. */
const RESTARTING: readonly string[] = Object.freeze([
  '57P01', // admin_shutdown, also of one connection
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
]);

/** What the driver says without a code, and the system, of a database that may also be at another address. */
const GONE =
  /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout exceeded when trying to connect)/;
const GONE_CODES: readonly string[] = Object.freeze([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['08000', '08003', '08006'],
]);

export class DatabasePatience {
  private readonly losses: DatabaseLosses | undefined;
  /** It has answered once: from then on nothing that is missing is a wrong address. */
  private wasThere = false;
  private isTold = false;

  /** undefined: it has none. */
  constructor(losses: DatabaseLosses | undefined) {
    this.losses = losses;
  }

  /** Runs what may run twice, until no loss of the database has ended it. Rejects with all other errors. */
  async outlast<Result>(run: () => Promise<Result>): Promise<Result> {
    for (let failures = 0; ; failures += 1) {
      try {
        const result = await run();
        this.wasThere = true;
        this.isTold = false;
        return result;
      } catch (error) {
        if (!this.isLoss(error as NodeJS.ErrnoException)) throw error;
        this.tell(error as Error);
        await pause(pauseBefore(failures, Math.random));
      }
    }
  }

  private isLoss({ code = '', message }: NodeJS.ErrnoException): boolean {
    if (!this.losses?.isStarting()) return false;
    return RESTARTING.includes(code) || (this.wasThere && (GONE_CODES.includes(code) || GONE.test(message)));
  }

  private tell(error: Error): void {
    if (!this.isTold) this.losses?.onLost(error);
    this.isTold = true;
  }
}
