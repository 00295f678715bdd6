// SPDX-License-Identifier: Apache-2.0

/** Protocol bytes and application payloads, written and read: no cryptography. */
import { CborReader } from '../../src/cbor/reader.ts';
import { CborWriter } from '../../src/cbor/writer.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import type { PayloadCodec } from '../../src/payload/payload.ts';
import type { BenchOperation, OperationGroup } from './operation.ts';
import { READING } from './reading.ts';

export function codecOperations(): OperationGroup[] {
  return [
    itemOperations,
    () => payloadOperations('compact', compactPayloads),
    () => payloadOperations('cbor-x', createCborXPayloads()),
    jsonOperations,
  ];
}

function itemOperations(): BenchOperation[] {
  const item = writeItem();
  const bytes = item.length;
  return [
    { op: 'cbor.encode', bytes, run: () => writeItem() },
    { op: 'cbor.decode', bytes, run: () => readItem(item) },
  ];
}

/** Text and no bytes: what is left to do then is not measured. */
function jsonOperations(): BenchOperation[] {
  const text = JSON.stringify(READING);
  const bytes = text.length;
  return [
    { op: 'payload.encode JSON', bytes, run: () => JSON.stringify(READING) },
    { op: 'payload.decode JSON', bytes, run: () => JSON.parse(text) },
  ];
}

/** About the length and kind of a message of the roles: numbers, an identifier, a body, a map of parameters. */
function writeItem(): Uint8Array {
  return new CborWriter()
    .array(4)
    .integer(3)
    .textString('urn:pne:1')
    .byteString(new Uint8Array(32))
    .map(2)
    .integer(1)
    .integer(-7)
    .integer(4)
    .byteString(new Uint8Array(8))
    .finish();
}

function readItem(item: Uint8Array): void {
  const reader = new CborReader(item);
  reader.array();
  reader.unsigned();
  reader.textString();
  reader.byteString();
  for (let pairs = reader.map(); pairs > 0; pairs -= 1) {
    if (reader.integer() === 1) reader.integer();
    else reader.byteString();
  }
  reader.end();
}

function payloadOperations(name: string, codec: PayloadCodec): BenchOperation[] {
  const payload = codec.encode(READING);
  const bytes = payload.length;
  return [
    { op: `payload.encode ${name}`, bytes, run: () => codec.encode(READING) },
    { op: `payload.decode ${name}`, bytes, run: () => codec.decode(payload) },
  ];
}
