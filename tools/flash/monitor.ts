// SPDX-License-Identifier: Apache-2.0

/**
 * What a board says, as lines for people: none of its bytes moves a cursor or changes a setting. What comes in parts is
 * held until its line is whole, or is as long as a line may be.
 */
export class Monitor {
  private readonly write: (line: string) => void;
  private text = '';
  private readonly decoder = new TextDecoder();

  constructor(write: (line: string) => void) {
    this.write = write;
  }

  receive(bytes: Uint8Array): void {
    const lines = `${this.text}${this.decoder.decode(bytes, { stream: true })}`.split('\n');
    this.text = lines.pop()!;
    for (const line of lines) this.say(line);
    if (this.text.length < MAX_LINE) return;
    this.say(this.text);
    this.text = '';
  }

  private say(line: string): void {
    this.write(line.replaceAll(SEQUENCE, '').replaceAll(CONTROL, ''));
  }
}

/** At which ESP-IDF's console and the images speak. */
export const MONITOR_RATE = 115_200;
const MAX_LINE = 1024;
/** Colours and the like, as ESP-IDF has them (ECMA-48 5.4). */
const ESCAPE = String.fromCharCode(0x1b);
const SEQUENCE = new RegExp(`(?:${ESCAPE}\\[|\u009b)[0-?]*[ -/]*[@-~]`, 'gu');
/** All but tabs. */
const CONTROL = /[^\P{C}\t]/gu;
