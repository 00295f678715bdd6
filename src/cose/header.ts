// SPDX-License-Identifier: Apache-2.0

import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { refuse } from '../refusal.ts';

/** Header parameters (RFC 9052 section 3.1; kid context: RFC 8613 section 5.1). Absent is undefined. */
export interface HeaderParameters {
  readonly algorithm?: number;
  /** Labels that a recipient must understand. In the protected header only. */
  readonly critical?: readonly number[];
  readonly contentType?: number | string;
  readonly kid?: Uint8Array;
  readonly iv?: Uint8Array;
  readonly partialIv?: Uint8Array;
  readonly kidContext?: Uint8Array;
}

type HeaderBuilder = { -readonly [Name in keyof HeaderParameters]: HeaderParameters[Name] };

/** Every label this library understands, in the order in which it is encoded. */
const PARAMETERS = Object.freeze([
  [1, 'algorithm'],
  [2, 'critical'],
  [3, 'contentType'],
  [4, 'kid'],
  [5, 'iv'],
  [6, 'partialIv'],
  [10, 'kidContext'],
] as const);

const BYTE_STRINGS: Readonly<Record<number, 'kid' | 'iv' | 'partialIv' | 'kidContext'>> = Object.freeze({
  __proto__: null,
  4: 'kid',
  5: 'iv',
  6: 'partialIv',
  10: 'kidContext',
});

/** Writes a header as a map. */
export function writeHeader(writer: CborWriter, header: HeaderParameters): CborWriter {
  const present = PARAMETERS.filter(([, name]) => header[name] !== undefined);
  writer.map(present.length);
  for (const [label, name] of present) writeValue(writer.integer(label), header[name]!);
  return writer;
}

/**
 * Reads a header map into views borrowed from the input. Stricter than RFC 9052 asks: a label that this
 * library does not understand is refused with `headerInvalid`, critical or not.
 */
export function readHeader(reader: CborReader): HeaderParameters {
  const header: HeaderBuilder = {};
  let previous = 0;
  for (let pairs = reader.map(); pairs > 0; pairs--) {
    const label = readLabel(reader);
    if (label === previous) refuse('duplicateKey');
    if (label < previous) refuse('notDeterministic');
    previous = label;
    readParameter(reader, label, header);
  }
  return header;
}

/** Returns the content of the protected bstr: zero-length for no parameters (RFC 9052 section 3). */
export function encodeProtected(header: HeaderParameters): Uint8Array {
  const bytes = writeHeader(new CborWriter(), header).finish();
  return bytes.length === 1 ? new Uint8Array(0) : bytes;
}

/** Reads the content of the protected bstr. No parameters may also be an encoded empty map. */
export function decodeProtected(bytes: Uint8Array): HeaderParameters {
  if (bytes.length === 0) return {};
  const reader = new CborReader(bytes);
  const header = readHeader(reader);
  reader.end();
  checkCritical(header);
  return header;
}

/**
 * Refuses with `headerInvalid` a parameter that stands in both headers (RFC 9052 section 3), `crit` outside
 * the protected one, and an IV beside a Partial IV (section 3.1).
 */
export function checkDisjoint(protectedHeader: HeaderParameters, unprotected: HeaderParameters): void {
  if (unprotected.critical !== undefined) refuse('headerInvalid');
  for (const [, name] of PARAMETERS) {
    if (protectedHeader[name] !== undefined && unprotected[name] !== undefined) refuse('headerInvalid');
  }
  const iv = protectedHeader.iv ?? unprotected.iv;
  const partialIv = protectedHeader.partialIv ?? unprotected.partialIv;
  if (iv !== undefined && partialIv !== undefined) refuse('headerInvalid');
}

function readLabel(reader: CborReader): number {
  if (reader.peekMajor() !== 0) refuse('headerInvalid');
  return reader.unsigned();
}

function readParameter(reader: CborReader, label: number, header: HeaderBuilder): void {
  if (label === 1) header.algorithm = readAlgorithm(reader);
  else if (label === 2) header.critical = readCritical(reader);
  else if (label === 3) header.contentType = readContentType(reader);
  else header[BYTE_STRINGS[label] ?? refuse('headerInvalid')] = reader.byteString();
}

function readAlgorithm(reader: CborReader): number {
  if (reader.peekMajor() === 3) refuse('unsupportedAlgorithm');
  return reader.integer();
}

function readContentType(reader: CborReader): number | string {
  return reader.peekMajor() === 3 ? reader.textString() : reader.unsigned();
}

function readCritical(reader: CborReader): readonly number[] {
  const labels: number[] = [];
  for (let count = reader.array(); count > 0; count--) labels.push(readLabel(reader));
  if (labels.length === 0) refuse('headerInvalid');
  return labels;
}

/** A critical label is one we understand and stands beside `crit` (RFC 9052 section 3.1). */
function checkCritical(header: HeaderParameters): void {
  for (const label of header.critical ?? []) {
    const known = PARAMETERS.find(([understood]) => understood === label) ?? refuse('headerInvalid');
    if (header[known[1]] === undefined) refuse('headerInvalid');
  }
}

function writeValue(writer: CborWriter, value: number | string | Uint8Array | readonly number[]): void {
  if (typeof value === 'number') writer.integer(value);
  else if (typeof value === 'string') writer.textString(value);
  else if (value instanceof Uint8Array) writer.byteString(value);
  else {
    writer.array(value.length);
    for (const label of value) writer.integer(label);
  }
}
