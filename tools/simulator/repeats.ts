// SPDX-License-Identifier: Apache-2.0

const GATHER_MS = 1000;

/** Tells of refusals. One that comes again and again, as in a flood, is told of once, and then how often it came besides. */
export class Repeats {
  private readonly say: (entity: string, what: string) => void;
  private last: { readonly entity: string; readonly reason: string } | undefined;
  private more = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(say: (entity: string, what: string) => void) {
    this.say = say;
  }

  add(entity: string, reason: string): void {
    if (this.last?.entity === entity && this.last.reason === reason) {
      this.more += 1;
      return;
    }
    this.flush();
    this.last = { entity, reason };
    this.say(entity, reason);
    this.timer = setTimeout(() => this.flush(), GATHER_MS);
  }

  /** What comes next is told of in any case. */
  flush(): void {
    clearTimeout(this.timer);
    if (this.last !== undefined && this.more > 0)
      this.say(this.last.entity, `${this.last.reason}, ${this.more} times more`);
    this.last = undefined;
    this.more = 0;
  }
}

export function refusalText(entity: string, reason: string): string {
  return `${entity}: a message was refused: ${reason}`;
}
