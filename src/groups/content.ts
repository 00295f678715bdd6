// SPDX-License-Identifier: Apache-2.0

/**
 * A content of a group, as it passes from its sender to the members: a compressed record (src/session/compressed.ts) of
 * which the first byte also says which key it is under.
 *
 *    0   1   2   3   4   5   6   7
 *   +-------+-------+-------+-------+ - - - - - - +------------+-----+----------------
 *   |   n   |   k   | epoch |  ref  |  reference  | Partial IV | kid | ciphertext ‖ tag
 *   +-------+-------+-------+-------+ - - - - - - +------------+-----+----------------
 *                                     if ref = 0     n (1..3)  1 2 4      8 of tag
 *
 * `epoch`: its lowest two bits; a member has two epochs at most. `ref`: the reference (src/keys/reference.ts) where it is
 * 1 to 3, else 0, and the reference follows, seven bits a byte, the lowest first, of which all but the last have their
 * top bit set. The kid is who sends, and which of its boots:
 *
 *   k = 0   sender (1)                                 from 0 to 255, boot 0
 *   k = 1   sender (1) | boot (1)                      boots from 1 to 255
 *   k = 2   sender (11 bits) | boot (21 bits)          all others
 *
 * The server gives a member its sender number, and none is given twice under one key; boots are counted from the one in
 * which the key was made. Each sender and boot has a key of its own, which is derived of the group's, and a Partial IV
 * that begins at 0. So no nonce comes twice, whatever store a member loses.
 */
import { concatBytes } from '../bytes/compare.ts';
import { copyBytes, withHead } from '../bytes/copy.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** Who sends, under a group's key. */
export interface Sender {
  readonly number: number;
  /** Boots of the sender since its key was made. */
  readonly boot: number;
}

/** What a content claims. */
export interface Content {
  readonly reference: number;
  /** The lowest two bits of it. */
  readonly epoch: number;
  readonly sender: Sender;
  /** That of the Partial IV. */
  readonly sequence: number;
  /** The compressed record, owned by the caller. */
  readonly record: Uint8Array;
}

const { groupMaxMembers, maxBootEpoch, maxGroupReference } = ImplementationLimits;
const BOOT_VALUES = maxBootEpoch + 1;

/** The kid of a sender. */
export function kidOf({ number, boot }: Sender): Uint8Array {
  if (number > 255 || boot > 255) return withHead(number * BOOT_VALUES + boot, 4, new Uint8Array(0));
  return boot === 0 ? Uint8Array.of(number) : Uint8Array.of(number, boot);
}

/** Puts a record that was made under a group's key into a content. */
export function encodeContent(reference: number, epoch: number, record: Uint8Array): Uint8Array {
  const isShort = record[0]! < 0x80;
  const n = isShort ? 1 : record[0]! & 7;
  const k = isShort ? 0 : (record[0]! >> 4) & 3;
  const isNear = reference < 4;
  const head = (n << 6) | (k << 4) | ((epoch & 3) << 2) | (isNear ? reference : 0);
  const rest = isShort ? record : record.subarray(1);
  return isNear
    ? withHead(head, 1, rest)
    : concatBytes(Uint8Array.of(head, ...encodeNumber(reference)), rest);
}

/** Refuses `messageInvalid` whatever no member can have sent. Nothing is verified. */
export function parseContent(content: Uint8Array): Content {
  const head = content[0] ?? refuse('messageInvalid');
  const near = head & 3;
  const reference = near === 0 ? readReference(content) : near;
  const start = near === 0 ? 1 + encodeNumber(reference).length : 1;
  const n = head >> 6;
  const k = (head >> 4) & 3;
  const kidStart = start + n;
  const bodyStart = kidStart + (1 << k);
  if (n === 0 || k === 3 || content.length <= bodyStart) refuse('messageInvalid');
  const sequence = numberAt(content, start, kidStart);
  if (n > 1 && content[start] === 0) refuse('messageInvalid');
  return {
    reference,
    epoch: (head >> 2) & 3,
    sender: readSender(content, kidStart, k),
    sequence,
    record:
      k === 0 && sequence < 0x80
        ? copyBytes(content, start)
        : withHead(0x80 | ((1 << k) << 3) | n, 1, content, start),
  };
}

function readReference(content: Uint8Array): number {
  let reference = 0;
  for (let at = 1; at < 5; at++) {
    const byte = content[at] ?? refuse('messageInvalid');
    reference += (byte & 0x7f) * 2 ** (7 * (at - 1));
    if (byte >= 0x80) continue;
    const isShortest = byte !== 0 && reference > 3;
    return isShortest && reference <= maxGroupReference ? reference : refuse('messageInvalid');
  }
  return refuse('messageInvalid');
}

function encodeNumber(number: number): number[] {
  return number < 0x80 ? [number] : [0x80 | (number & 0x7f), ...encodeNumber(number >> 7)];
}

function readSender(content: Uint8Array, start: number, k: number): Sender {
  if (k < 2) {
    const boot = k === 0 ? 0 : content[start + 1]!;
    return k === 1 && boot === 0 ? refuse('messageInvalid') : { number: content[start]!, boot };
  }
  const both = numberAt(content, start, start + 4);
  const number = Math.floor(both / BOOT_VALUES);
  const boot = both % BOOT_VALUES;
  if (number <= 255 && boot <= 255) refuse('messageInvalid');
  return number < groupMaxMembers ? { number, boot } : refuse('messageInvalid');
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = number * 256 + bytes[at]!;
  return number;
}
