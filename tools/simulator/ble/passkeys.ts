// SPDX-License-Identifier: Apache-2.0

type Answer = (passkey: number) => void;

/** What PNEs show, and what somebody at the gateway is asked to type, by the PNE's address. */
export class Passkeys {
  private readonly shown = new Map<string, number>();
  private readonly wanted = new Map<string, Answer>();
  private readonly asked = new Map<string, AbortController>();
  private readonly type: (address: string, shown: number, signal: AbortSignal) => Promise<number>;

  /**
   * `type` is who stands in front of both: it reads what the PNE shows, and says what is typed. `signal` is aborted
   * when nobody waits for that any more.
   */
  constructor(type: (address: string, shown: number, signal: AbortSignal) => Promise<number>) {
    this.type = type;
  }

  /** A PNE shows a passkey. */
  show(address: string, passkey: number): void {
    this.shown.set(address, passkey);
    this.match(address);
  }

  /** The gateway wants the passkey of a PNE; only the latest question is answered. */
  want(address: string, answer: Answer): void {
    this.wanted.set(address, answer);
    this.match(address);
  }

  /** The pairing has ended: the next one has a passkey of its own. */
  forget(address: string): void {
    this.shown.delete(address);
    this.wanted.delete(address);
    this.asked.get(address)?.abort();
    this.asked.delete(address);
  }

  private match(address: string): void {
    const passkey = this.shown.get(address);
    const answer = this.wanted.get(address);
    if (passkey === undefined || answer === undefined) return;
    this.forget(address);
    const asking = new AbortController();
    this.asked.set(address, asking);
    this.type(address, passkey, asking.signal).then((typed) => {
      if (asking.signal.aborted) return;
      this.asked.delete(address);
      answer(typed);
    });
  }
}
