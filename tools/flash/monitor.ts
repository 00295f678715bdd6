// SPDX-License-Identifier: Apache-2.0

import { stripVTControlCharacters } from 'node:util';

/**
 * What a board says, as lines for a terminal: none of its bytes moves the cursor or changes a setting. What comes in parts
 * is held until its line is whole, or is as long as a line may be.
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
    this.write(stripVTControlCharacters(line).replace(/[^\P{C}\t]/gu, ''));
  }
}

const MAX_LINE = 1024;
/** At which ESP-IDF's console and the images speak. */
export const MONITOR_RATE = 115_200;
