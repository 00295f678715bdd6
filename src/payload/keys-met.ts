// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';

const FORBIDDEN = '__proto__';

/**
 * The keys of one map of a payload so far, as the property names that they become. Texts stay where they lie, in bytes
 * that are borrowed: few maps have so many that comparing each with each costs more than making strings of them.
 */
export class KeysMet {
  private readonly bytes: Uint8Array;
  /** Where texts begin and end, one after the other. */
  private readonly texts: number[] = [];
  /** Names of numbers. Most maps have none. */
  private numbers: string[] | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Adds the text, valid UTF-8, from `start` to before `end`. Refuses `duplicateKey`, and with `wrongType` what no property may be called. */
  addText(start: number, end: number): void {
    const { texts, numbers } = this;
    if (this.isText(start, end, FORBIDDEN)) refuse('wrongType');
    for (let at = 0; at < texts.length; at += 2)
      if (texts[at + 1]! - texts[at]! === end - start && this.areSame(texts[at]!, start, end))
        refuse('duplicateKey');
    if (numbers?.some((name) => this.isText(start, end, name))) refuse('duplicateKey');
    texts.push(start, end);
  }

  addNumber(number: number): void {
    const { texts } = this;
    const name = String(number);
    for (let at = 0; at < texts.length; at += 2)
      if (this.isText(texts[at]!, texts[at + 1]!, name)) refuse('duplicateKey');
    this.numbers ??= [];
    if (this.numbers.includes(name)) refuse('duplicateKey');
    this.numbers.push(name);
  }

  private areSame(other: number, start: number, end: number): boolean {
    for (let at = start; at < end; at++) if (this.bytes[other + at - start] !== this.bytes[at]) return false;
    return true;
  }

  /** `name` is ASCII. */
  private isText(start: number, end: number, name: string): boolean {
    if (end - start !== name.length) return false;
    for (let at = start; at < end; at++) if (this.bytes[at] !== name.charCodeAt(at - start)) return false;
    return true;
  }
}
