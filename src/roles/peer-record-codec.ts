// SPDX-License-Identifier: Apache-2.0

/**
 * What a server's store holds of one PNE:
 *
 *     peer-record = [version: 1, boot, received, stream, next-ticket: uint, [* content]]
 *     boot        = [epoch: uint, tag: bstr .size 4] / null   ; null: not registered so far
 *     received    = [highest: int, seen: uint .size 4]        ; of the boot's readings; [-1, 0]: none
 *     stream      = [epoch: uint, next: uint]                 ; of contents to the PNE
 *     content     = [ticket: uint, payload: bstr, number: uint / null]
 */
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import type { Boot } from '../delivery/boot.ts';
import type { Received } from '../delivery/inbox.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { checkReplayState } from '../session/received.ts';
import type { PeerRecord, QueuedContent } from './peer-record.ts';

const VERSION = 1;
const { bootTagBytes, maxBootEpoch, maxReadingsPerBoot, payloadMaxBytes } = ImplementationLimits;

export function encodePeerRecord(record: PeerRecord): Uint8Array {
  const { boot, received, stream, contents, nextTicket } = record;
  const writer = new CborWriter().array(6).integer(VERSION);
  if (boot === undefined) writer.nil();
  else writer.array(2).integer(boot.epoch).byteString(boot.tag);
  writer.array(2).integer(received.highest).integer(received.seen);
  writer.array(2).integer(stream.epoch).integer(stream.next);
  writer.integer(nextTicket).array(contents.length);
  for (const { ticket, payload, number } of contents) {
    writer.array(3).integer(ticket).byteString(payload);
    if (number === undefined) writer.nil();
    else writer.integer(number);
  }
  return writer.finish();
}

/** Owns what it returns. Refuses `recordInvalid` and what src/cbor refuses: whatever no server can have stored. */
export function decodePeerRecord(bytes: Uint8Array): PeerRecord {
  const reader = new CborReader(bytes);
  expectArray(reader, 6);
  if (reader.unsigned() !== VERSION) refuse('recordInvalid');
  const boot = readBoot(reader);
  const received = readReceived(reader);
  if (boot === undefined && received.highest >= 0) refuse('recordInvalid');
  expectArray(reader, 2);
  const stream = { epoch: epochOf(reader.unsigned()), next: reader.unsigned() };
  const nextTicket = reader.unsigned();
  const contents = readContents(reader);
  reader.end();
  const record = { boot, received, stream, contents, nextTicket };
  checkContents(record);
  return record;
}

function readBoot(reader: CborReader): Boot | undefined {
  if (reader.isNil()) {
    reader.nil();
    return undefined;
  }
  expectArray(reader, 2);
  const epoch = epochOf(reader.unsigned());
  const tag = reader.byteString().slice();
  return tag.length === bootTagBytes ? { epoch, tag } : refuse('recordInvalid');
}

function readReceived(reader: CborReader): Received {
  expectArray(reader, 2);
  const received = { highest: reader.integer(), seen: reader.unsigned() };
  if (received.highest >= maxReadingsPerBoot) refuse('recordInvalid');
  checkReplayState(received);
  return received;
}

function readContents(reader: CborReader): QueuedContent[] {
  const count = reader.array();
  if (count > ImplementationLimits.serverMaxQueuedContents) refuse('recordInvalid');
  return Array.from({ length: count }, () => readContent(reader));
}

function readContent(reader: CborReader): QueuedContent {
  expectArray(reader, 3);
  const ticket = reader.unsigned();
  const payload = reader.byteString().slice();
  if (payload.length > payloadMaxBytes) refuse('recordInvalid');
  if (!reader.isNil()) return { ticket, payload, number: reader.unsigned() };
  reader.nil();
  return { ticket, payload, number: undefined };
}

/** Tickets rise, and numbers as far as they are given: contents go in order. */
function checkContents({ contents, nextTicket, stream }: PeerRecord): void {
  let ticket = -1;
  let number = -1;
  for (const content of contents) {
    const isInOrder = content.ticket > ticket && (content.number ?? number + 1) > number;
    if (!isInOrder || content.ticket >= nextTicket) refuse('recordInvalid');
    if (content.number !== undefined && content.number >= stream.next) refuse('recordInvalid');
    ticket = content.ticket;
    number = content.number ?? number;
  }
}

function epochOf(value: number): number {
  return value >= 1 && value <= maxBootEpoch ? value : refuse('recordInvalid');
}

function expectArray(reader: CborReader, length: number): void {
  if (reader.array() !== length) refuse('recordInvalid');
}
