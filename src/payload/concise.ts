// SPDX-License-Identifier: Apache-2.0

/**
 * Readings together in one message, shortened: names that the peer knows are numbers, floats have fewer bytes. The form
 * is src/payload/concise.cddl, expand.ts gives the same payloads back. On devices these functions are C
 * (firmware/native/payload-concise.c).
 */
import { equalBytes } from '../bytes/compare.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { HeadReader, Info, Major, writeHead } from '../cbor/head.ts';
import { ImplementationLimits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { isMinusZero, writeShortFloat } from './short-float.ts';

const { dictionaryMaxNames, dictionaryMaxNameBytes, payloadMaxDepth } = ImplementationLimits;

/** Names as a message has them, `[type, * name: tstr]`, encoded. The number of a name is its place among them. */
export type Names = Uint8Array;

/**
 * Returns `[type, first, ...readings]`. The peer knows the first `known` names; without any, payloads stay as they are. With
 * some, undefined where a payload has a name that is not among `names` and could be.
 */
export function packReadings(
  type: number,
  first: number,
  payloads: readonly Uint8Array[],
  names: Names,
  known: number,
): Uint8Array | undefined {
  const output = new ByteWriter();
  writeHead(output, Major.array, payloads.length + 2);
  writeHead(output, Major.unsigned, type);
  writeHead(output, Major.unsigned, first);
  const dictionary = new Dictionary(splitNames(names), known);
  for (const payload of payloads) {
    const concise = known === 0 ? undefined : conciseOf(payload, dictionary);
    if (concise === undefined) writeHead(output, Major.byteString, payload.length);
    output.bytes(concise ?? payload);
  }
  return dictionary.hasMore ? undefined : output.finish();
}

/** Returns these names and, behind them, those of the payloads that are new and fit, in the order of their first use. */
export function withNamesOf(names: Names, payloads: readonly Uint8Array[]): Names {
  const dictionary = new Dictionary(splitNames(names), 0);
  for (const payload of payloads) conciseOf(payload, dictionary);
  const output = new ByteWriter();
  writeHead(output, Major.array, dictionary.names.length + 1);
  writeHead(output, Major.unsigned, typeOf(names));
  for (const name of dictionary.names) output.bytes(name);
  return output.finish();
}

/** Returns each name as it is encoded, borrowed. */
export function splitNames(names: Names): Uint8Array[] {
  const head = opened(names);
  const split: Uint8Array[] = [];
  while (head.input.remaining > 0) {
    const start = head.input.position;
    head.next();
    head.input.take(head.argument);
    split.push(head.input.since(start));
  }
  return split;
}

function typeOf(names: Names): number {
  return opened(names).argument;
}

/** Behind array and type. */
function opened(names: Names): HeadReader {
  const head = new HeadReader(names);
  head.next();
  head.next();
  return head;
}

class Dictionary {
  /** Whether there are names now that were not there. */
  hasMore = false;
  readonly names: Uint8Array[];
  private readonly known: number;

  constructor(names: Uint8Array[], known: number) {
    this.names = names;
    this.known = known;
  }

  /** Returns the number of a name that the peer knows. One that is new is added. */
  find(name: Uint8Array, length: number): number | undefined {
    const at = this.names.findIndex((each) => equalBytes(each, name));
    if (at >= 0) return at < this.known ? at : undefined;
    if (this.names.length < dictionaryMaxNames && length <= dictionaryMaxNameBytes) {
      this.names.push(name);
      this.hasMore = true;
    }
    return undefined;
  }
}

/** An array or map whose items are being written. A map counts its keys and its values. */
interface Container {
  left: number;
  readonly isMap: boolean;
}

/** Returns undefined for what is not a map, or has in it what expanding would not give back. */
function conciseOf(payload: Uint8Array, dictionary: Dictionary): Uint8Array | undefined {
  try {
    const head = new HeadReader(payload);
    const output = new ByteWriter();
    const isFine = (payload[0] ?? 0) >> 5 === Major.map && writeItems(head, output, dictionary);
    return isFine && head.input.remaining === 0 ? output.finish() : undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

/** Returns whether all of the item is written. */
function writeItems(head: HeadReader, output: ByteWriter, dictionary: Dictionary): boolean {
  const open: Container[] = [];
  do {
    const start = head.input.position;
    const isKey = countItem(open[open.length - 1]);
    head.next();
    const isFine = isKey
      ? writeKey(head, start, output, dictionary)
      : writeValue(head, start, output, open) && open.length <= payloadMaxDepth;
    if (!isFine) return false;
    while (open.length > 0 && open[open.length - 1]!.left === 0) open.pop();
  } while (open.length > 0);
  return true;
}

/** Whether the next item is a key. */
function countItem(inner: Container | undefined): boolean {
  if (inner === undefined) return false;
  inner.left -= 1;
  return inner.isMap && inner.left % 2 === 1;
}

function writeValue(head: HeadReader, start: number, output: ByteWriter, open: Container[]): boolean {
  const isMap = head.major === Major.map;
  if (!isMap && head.major !== Major.array) return writeLeaf(head, start, output);
  open.push({ left: head.argument * (isMap ? 2 : 1), isMap });
  output.bytes(head.input.since(start));
  return true;
}

function writeKey(head: HeadReader, start: number, output: ByteWriter, dictionary: Dictionary): boolean {
  if (head.major !== Major.textString) return false;
  head.input.take(head.argument);
  const name = head.input.since(start);
  const number = dictionary.find(name, head.argument);
  if (number === undefined) output.bytes(name);
  else writeHead(output, Major.unsigned, number);
  return true;
}

function writeLeaf(head: HeadReader, start: number, output: ByteWriter): boolean {
  if (head.major === Major.tag) return false;
  if (head.isFloat && head.info === Info.eightBytes) {
    writeShortFloat(output, head.high, head.low);
    return true;
  }
  if (head.isFloat && !isMinusZero(head)) return false;
  if (head.major === Major.byteString || head.major === Major.textString) head.input.take(head.argument);
  output.bytes(head.input.since(start));
  return true;
}
