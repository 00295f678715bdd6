// SPDX-License-Identifier: Apache-2.0

/** Test code: `pne-runtime` as a user starts it, in a process of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import '../failing.testing.ts';

const PROGRAM = fileURLToPath(new URL('pne-runtime.mjs', import.meta.url));
const PATIENCE_MS = 60_000;

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A server or a gateway, and what it has said so far. */
export class Running {
  said = '';
  private readonly child: ChildProcess;
  private readonly closed: Promise<number | null>;

  /** `path`: a folder whose programs it finds before others. */
  constructor(args: readonly string[], path?: string) {
    const { PATH, ...environment } = process.env;
    const env = { ...environment, PATH: path === undefined ? PATH : `${path}:${PATH}` };
    this.child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'inherit', 'pipe'] });
    children.add(this.child);
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    this.closed = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** How often it has said something. */
  count(what: string): number {
    return this.said.split(what).length - 1;
  }

  async says(what: RegExp): Promise<RegExpExecArray> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const match = what.exec(this.said);
      if (match !== null) return match;
      if (Date.now() > end || this.child.exitCode !== null)
        throw new Error(`never said ${what}: ${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async port(): Promise<string> {
    return (await this.says(/listening address=127\.0\.0\.\d+:(\d+)/))[1]!;
  }

  /** Its exit status; null where it was killed, as one is that does not end by itself. */
  async ends(): Promise<number | null> {
    const killer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    return this.closed.finally(() => clearTimeout(killer));
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ends();
  }
}

/** Runs it to its end. */
export function once(...args: string[]) {
  const options = { encoding: 'utf8', timeout: PATIENCE_MS, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], options);
  return { status, stdout, stderr };
}
