// SPDX-License-Identifier: Apache-2.0

/**
 * Messages of VICI, the control interface of strongSwan's IKE daemon: a tree of sections, key/value pairs and lists
 * (strongSwan, src/libcharon/plugins/vici/README.md, "Message format").
 */
import type { ByteReader } from '../../bytes/reader.ts';
import { NodeLimits } from '../../node-limits.ts';
import { refuse } from '../../refusal.ts';

export type ViciSection = ReadonlyMap<string, ViciValue>;
/** Text has one character a byte: the daemon promises no encoding. */
export type ViciValue = string | readonly string[] | ViciSection;

const Element = Object.freeze({
  sectionStart: 1,
  sectionEnd: 2,
  keyValue: 3,
  listStart: 4,
  listItem: 5,
  listEnd: 6,
} as const);
const NAMED: readonly number[] = Object.freeze([Element.sectionStart, Element.keyValue, Element.listStart]);

/**
 * Reads a message, which takes the rest of `reader`. Refuses `truncated` (also for a section or list that does not end),
 * `wrongType`, `duplicateKey`, `tooDeep` and `tooManyItems`.
 */
export function readViciMessage(reader: ByteReader): ViciSection {
  return new MessageReader(reader).section(0);
}

class MessageReader {
  private readonly reader: ByteReader;
  private elements = 0;

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  /** At depth 0 it ends with the message. */
  section(depth: number): ViciSection {
    if (depth > NodeLimits.viciMaxDepth) refuse('tooDeep');
    const entries = new Map<string, ViciValue>();
    while (depth > 0 || this.reader.remaining > 0) {
      const element = this.element();
      if (element === Element.sectionEnd && depth > 0) return entries;
      if (!NAMED.includes(element)) refuse('wrongType');
      const name = this.name();
      if (entries.has(name)) refuse('duplicateKey');
      entries.set(name, this.valueOf(element, depth));
    }
    return entries;
  }

  private valueOf(element: number, depth: number): ViciValue {
    if (element === Element.keyValue) return this.value();
    if (element === Element.listStart) return this.list();
    return this.section(depth + 1);
  }

  private list(): readonly string[] {
    const items: string[] = [];
    for (;;) {
      const element = this.element();
      if (element === Element.listEnd) return items;
      if (element !== Element.listItem) refuse('wrongType');
      items.push(this.value());
    }
  }

  private element(): number {
    this.elements += 1;
    if (this.elements > NodeLimits.viciMaxElements) refuse('tooManyItems');
    return this.reader.uint8();
  }

  private name(): string {
    return textOf(this.reader.take(this.reader.uint8()));
  }

  private value(): string {
    return textOf(this.reader.take(this.reader.uint(2)));
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
