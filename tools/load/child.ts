// SPDX-License-Identifier: Apache-2.0

/** A process of a load, which does what it is asked, and answers. */
import { type ChildProcess, fork } from 'node:child_process';
import { endWithUs } from '../simulator/ending.ts';

interface Request {
  readonly id: number;
  readonly kind: string;
  readonly data: unknown;
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

type Handler = (data: never) => unknown;

/** What a process takes, by the kind of a request: the type of its data, and of the answer. */
export type Api = Readonly<Record<string, Handler>>;

export class Child<Handlers extends Api> {
  /** Resolves when it is no more. */
  readonly ended: Promise<void>;
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private asked = 0;

  constructor(bundle: string) {
    this.process = fork(bundle, [], {
      serialization: 'advanced',
      // As tools/systemd starts a server.
      execArgv: ['--expose-gc', '--max-semi-space-size=64'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    endWithUs(this.process);
    this.process.on('message', (answer: Answer) => this.tell(answer));
    this.ended = new Promise((resolve) => {
      this.process.once('exit', (status, signal) => {
        const error = `a process of the load ended (${status ?? signal})`;
        for (const id of [...this.waiting.keys()]) this.tell({ id, error });
        resolve();
      });
    });
  }

  ask<Kind extends keyof Handlers & string>(
    kind: Kind,
    data: Parameters<Handlers[Kind]>[0],
  ): Promise<Awaited<ReturnType<Handlers[Kind]>>> {
    return new Promise((resolve, reject) => {
      this.asked += 1;
      this.waiting.set(this.asked, (answer) =>
        'error' in answer ? reject(new Error(answer.error)) : resolve(answer.result as never),
      );
      const { asked: id } = this;
      this.process.send({ id, kind, data } satisfies Request, (error) => {
        if (error !== null) this.tell({ id, error: error.message });
      });
    });
  }

  /** As kill -9 does. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  private tell(answer: Answer): void {
    this.waiting.get(answer.id)?.(answer);
    this.waiting.delete(answer.id);
  }
}

/** The other end: this process takes requests until its parent is gone. */
export function serve(handlers: Api): void {
  process.on('message', async ({ id, kind, data }: Request) => {
    process.send!({ id, ...(await answer(handlers[kind]!, data)) } satisfies Answer);
  });
  process.on('disconnect', () => process.exit());
}

async function answer(handler: Handler, data: unknown) {
  try {
    return { result: await handler(data as never) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
