// SPDX-License-Identifier: Apache-2.0

/** Bluetooth sends the least significant octet first, in HCI and on the air. */
import { ByteReader } from '../../../src/bytes/reader.ts';

/** A bounded cursor: reading past the end is refused, and so is what `end()` finds unread. */
export class LittleEndianReader extends ByteReader {
  /** Reads an unsigned integer of `length` octets, at most 6, least significant first. */
  override uint(length: number): number {
    return this.take(length).reduceRight((value, octet) => value * 256 + octet, 0);
  }

  uint16(): number {
    return this.uint(2);
  }

  /** Returns the next `length` octets as a copy. */
  octets(length: number): Uint8Array {
    return this.take(length).slice();
  }
}

/** Collects what a packet is made of; calls chain. */
export class LittleEndianWriter {
  private readonly parts: number[] = [];

  uint8(value: number): this {
    return this.uint(value, 1);
  }

  uint16(value: number): this {
    return this.uint(value, 2);
  }

  uint(value: number, length: number): this {
    for (let at = 0, rest = value; at < length; at += 1, rest = Math.floor(rest / 256)) {
      this.parts.push(rest % 256);
    }
    return this;
  }

  octets(bytes: Uint8Array): this {
    this.parts.push(...bytes);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}
