// SPDX-License-Identifier: Apache-2.0

/** What has happened and nobody has asked for yet, by kind. */
export class Mailbox<Mail> {
  private readonly letters = new Map<string, Mail[]>();
  private readonly waiting = new Map<string, (mail: Mail) => void>();

  put(kind: string, mail: Mail): void {
    const waiter = this.waiting.get(kind);
    this.waiting.delete(kind);
    if (waiter === undefined) this.letters.set(kind, [...(this.letters.get(kind) ?? []), mail]);
    else waiter(mail);
  }

  /** Throws away what came of a kind. */
  discard(kind: string): void {
    this.letters.delete(kind);
  }

  /** Takes the oldest of a kind, waiting for it up to so many milliseconds. */
  take(kind: string, timeout: number): Promise<Mail> {
    const mail = this.letters.get(kind)?.shift();
    if (mail !== undefined) return Promise.resolve(mail);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(kind);
        reject(new Error(`no ${kind} in ${timeout} ms`));
      }, timeout);
      this.waiting.set(kind, (arrived) => {
        clearTimeout(timer);
        resolve(arrived);
      });
    });
  }
}
