// SPDX-License-Identifier: Apache-2.0

/** A network namespace of Linux, with what is done in it. Its process ends when this one does. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Server, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../../../build/bundle.ts';
import type { EndAnswer, EndOrder, EndRequest } from './messages.ts';

const END = fileURLToPath(new URL('end.ts', import.meta.url));

interface Waiting {
  resolve(answer: { readonly output: string; readonly handle: unknown }): void;
  reject(error: Error): void;
}

export class Namespace {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;

  constructor() {
    const command = ['--net', process.execPath, '--import', 'tsx', END];
    this.child = spawn('unshare', command, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.child.on('message', (answer: EndAnswer, handle) => this.take(answer, handle));
    this.child.on('error', (error) => this.fail(error));
    this.child.on('exit', () => this.fail(new Error('the process in a network namespace has ended')));
  }

  /** By which others name it. */
  get pid(): number {
    return this.child.pid!;
  }

  /** Returns what the program wrote. */
  async run(...command: string[]): Promise<string> {
    return (await this.ask({ kind: 'run', command })).output;
  }

  async startDaemon(config: string, ...command: string[]): Promise<void> {
    await this.ask({ kind: 'daemon', command, config });
  }

  async listen(host: string): Promise<Server> {
    return (await this.ask({ kind: 'listen', host })).handle as Server;
  }

  async connect(host: string, port: number): Promise<Socket> {
    return (await this.ask({ kind: 'connect', host, port })).handle as Socket;
  }

  close(): Promise<void> {
    if (this.child.exitCode !== null || !this.child.connected) return Promise.resolve();
    return new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.disconnect();
    });
  }

  private ask(order: EndOrder): Promise<{ readonly output: string; readonly handle: unknown }> {
    const request: EndRequest = { number: this.count, order };
    this.count += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(request.number, { resolve, reject });
      this.child.send(request, (error) => error && this.fail(error));
    });
  }

  private take({ number, output = '', error }: EndAnswer, handle: unknown): void {
    const waiting = this.waiting.get(number);
    this.waiting.delete(number);
    if (error === undefined) waiting?.resolve({ output, handle });
    else waiting?.reject(new Error(error));
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
