// SPDX-License-Identifier: Apache-2.0

/** Whoever sits at the terminal types at the gateway what the PNEs show: one at a time, each asked for by name. */
import { createInterface, type Interface } from 'node:readline';

interface Question {
  readonly pne: string;
  readonly shown: string;
  /** Aborted when the pairing has ended: what is typed then is for nobody. */
  readonly signal: AbortSignal;
  answer(passkey: number): void;
}

export interface PromptScreen {
  /** Shows what is asked, and nothing else until `answered`. */
  ask(question: string): void;
  answered(): void;
  say(line: string): void;
}

export class PasskeyPrompt {
  private readonly screen: PromptScreen;
  private readonly lines: Interface;
  private readonly waiting: Question[] = [];
  private current: Question | undefined;
  private isClosed = false;

  /** `input` gives whole lines, so that Ctrl-C stays a signal. */
  constructor(input: NodeJS.ReadableStream, screen: PromptScreen) {
    this.screen = screen;
    this.lines = createInterface({ input, terminal: false });
    this.lines.on('line', (line) => this.take(line));
    this.lines.on('close', () => this.giveUp());
  }

  /** Returns what is typed. Anything but six digits pairs nobody; where nobody can type, what is shown is taken. */
  ask(pne: string, shown: number, signal: AbortSignal): Promise<number> {
    if (this.isClosed) return Promise.resolve(shown);
    return new Promise((answer) => {
      this.waiting.push({ pne, shown: textOf(shown), signal, answer });
      signal.addEventListener('abort', () => this.drop(signal));
      this.next();
    });
  }

  close(): void {
    this.waiting.length = 0;
    this.current = undefined;
    this.lines.close();
  }

  private next(): void {
    if (this.current !== undefined) return;
    this.current = this.waiting.shift();
    if (this.current === undefined) return;
    const { pne, shown } = this.current;
    this.screen.ask(`${pne} shows ${shown}; type it at the gateway: `);
  }

  private take(line: string): void {
    const { current } = this;
    if (current === undefined) return;
    const typed = line.trim();
    this.finish();
    if (!/^\d{6}$/.test(typed)) this.screen.say(`${current.pne}: '${typed}' is no passkey of six digits`);
    current.answer(/^\d{6}$/.test(typed) ? Number(typed) : Number.NaN);
    this.next();
  }

  private drop(signal: AbortSignal): void {
    const index = this.waiting.findIndex((question) => question.signal === signal);
    if (index !== -1) this.waiting.splice(index, 1);
    if (this.current?.signal !== signal) return;
    const { pne } = this.current;
    this.finish();
    this.screen.say(`${pne} has stopped waiting for its passkey`);
    this.next();
  }

  private finish(): void {
    this.current = undefined;
    this.screen.answered();
  }

  /** Nobody types any more. */
  private giveUp(): void {
    this.isClosed = true;
    const all = [...(this.current === undefined ? [] : [this.current]), ...this.waiting.splice(0)];
    this.current = undefined;
    for (const { shown, answer } of all) answer(Number(shown));
  }
}

function textOf(passkey: number): string {
  return String(passkey).padStart(6, '0');
}
