// SPDX-License-Identifier: Apache-2.0

/** Payloads as they were before concise.ts shortened them. */
import { equalBytes } from '../bytes/compare.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { type HeadReader, Info, Major, writeHead } from '../cbor/head.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { isMinusZero, POWERS_OF_TEN, TENTHS_TAG, writeShortFloat } from './short-float.ts';

const { payloadMaxBytes, payloadMaxDepth } = ImplementationLimits;
const FLOAT64 = (Major.simple << 5) | Info.eightBytes;

/**
 * Reads the next reading and returns its payload, owned by the caller: no more than a payload may have, and still to be
 * scanned. `names`: as they are encoded, by their numbers. Refuses `nameUnknown`, and `notConcise` for a number in
 * another form than the one that it has.
 */
export function expandReading(head: HeadReader, names: readonly Uint8Array[]): Uint8Array {
  head.next();
  if (head.major === Major.byteString) return head.input.take(head.argument).slice();
  if (head.major !== Major.map) refuse('wrongType');
  const output = new ByteWriter();
  writeHead(output, Major.map, head.argument);
  const open = [{ left: 2 * head.argument, isMap: true }];
  while (open.length > 0) {
    const inner = open[open.length - 1]!;
    inner.left -= 1;
    if (inner.left < 0) open.pop();
    else if (inner.isMap && inner.left % 2 === 1) expandKey(head, names, output);
    else {
      const opened = expandValue(head, output);
      if (opened !== undefined) open.push(opened);
    }
    if (open.length > payloadMaxDepth) refuse('tooDeep');
    if (output.length > payloadMaxBytes) refuse('tooLong');
  }
  return output.finish();
}

function expandKey(head: HeadReader, names: readonly Uint8Array[], output: ByteWriter): void {
  const start = head.input.position;
  head.next();
  if (head.major === Major.unsigned) return output.bytes(names[head.argument] ?? refuse('nameUnknown'));
  if (head.major !== Major.textString) refuse('wrongType');
  head.input.take(head.argument);
  output.bytes(head.input.since(start));
}

/** Returns the container that it opens, if it does. */
function expandValue(head: HeadReader, output: ByteWriter): { left: number; isMap: boolean } | undefined {
  const start = head.input.position;
  head.next();
  if (head.major === Major.tag) return expandDecimal(head, start, output);
  if (head.isFloat && !isMinusZero(head)) return expandFloat(head, start, output);
  const isMap = head.major === Major.map;
  const isContainer = isMap || head.major === Major.array;
  if (head.major === Major.byteString || head.major === Major.textString) head.input.take(head.argument);
  output.bytes(head.input.since(start));
  return isContainer ? { left: head.argument * (isMap ? 2 : 1), isMap } : undefined;
}

function expandDecimal(head: HeadReader, start: number, output: ByteWriter): undefined {
  const power = POWERS_OF_TEN[head.argument - TENTHS_TAG] ?? refuse('wrongType');
  head.next();
  if (head.major > Major.negative) refuse('wrongType');
  const digits = head.major === Major.negative ? -1 - head.argument : head.argument;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, digits / power);
  writeFloat64(head, start, output, view.getUint32(0), view.getUint32(4));
}

function expandFloat(head: HeadReader, start: number, output: ByteWriter): undefined {
  const { info, high, low } = head;
  if (info === Info.eightBytes) return writeFloat64(head, start, output, high, low);
  const [exponentBits, bias, shift] = info === Info.twoBytes ? [5, 15, 10] : [8, 127, 23];
  const sign = Math.floor(low / 2 ** (exponentBits + shift));
  const exponent = Math.floor(low / 2 ** shift) % 2 ** exponentBits;
  const wide = exponent === 2 ** exponentBits - 1 ? 0x7ff : exponent - bias + 1023;
  // Those of 52 bits: 20 in the upper half.
  const fraction = (low % 2 ** shift) * 2 ** (52 - shift);
  const upper = sign * 2 ** 31 + wide * 2 ** 20 + Math.floor(fraction / 2 ** 32);
  writeFloat64(head, start, output, upper, fraction % 2 ** 32);
}

/** Refuses what was read where these 64 bits are shortened to something else. */
function writeFloat64(
  head: HeadReader,
  start: number,
  output: ByteWriter,
  high: number,
  low: number,
): undefined {
  const form = new ByteWriter();
  writeShortFloat(form, high, low);
  if (!equalBytes(form.finish(), head.input.since(start))) refuse('notConcise');
  output.uint8(FLOAT64);
  output.uint(high, 4);
  output.uint(low, 4);
}
