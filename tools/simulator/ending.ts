// SPDX-License-Identifier: Apache-2.0

/** What ends a run from outside: a signal, or an output that takes nothing more. The first one counts. */
import type { ChildProcess } from 'node:child_process';
import { ExitStatus } from './exit-status.ts';

export interface Ending {
  /** 128 and the signal, or `ExitStatus.output`. */
  readonly status: number;
  /** One line for standard error; undefined where the user knows. */
  readonly problem?: string;
}

const SIGNALS = Object.freeze({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const);

export class Endings {
  first: Ending | undefined;
  private readonly controller = new AbortController();

  /** Aborted at the first ending. Signals that follow change nothing: what ends a run takes seconds at most. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(ending: Ending): void {
    this.first ??= ending;
    this.controller.abort();
  }

  /** Watches signals and standard output. */
  watch(): void {
    for (const [name, status] of Object.entries(SIGNALS)) process.on(name, () => this.end({ status }));
    process.stdout.on('error', (error: NodeJS.ErrnoException) =>
      this.end(outputEnding('standard output', error)),
    );
    // Nobody can be told.
    process.stderr.on('error', () => undefined);
  }
}

/** What is written to has failed. A reader that has gone away, such as `head`, is no mishap. */
export function outputEnding(name: string, { code, message }: NodeJS.ErrnoException): Ending {
  const problem =
    code === 'EPIPE'
      ? `nobody reads ${name} any more`
      : `cannot write to ${name}: ${message}; make room, or choose another place`;
  return { status: ExitStatus.output, problem };
}

const children = new Set<ChildProcess>();

/** Ends a process with this one, where nothing has ended it before. */
export function endWithUs(child: ChildProcess): void {
  if (!process.listeners('exit').includes(endAll)) process.on('exit', endAll);
  children.add(child);
  child.once('exit', () => children.delete(child));
}

function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
}
