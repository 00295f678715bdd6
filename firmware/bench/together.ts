// SPDX-License-Identifier: Apache-2.0

/** The way of several readings from their values to values of ATT, in one record: what one of them costs. */
import { fromHex } from '../../src/bytes/hex.ts';
import { Channel } from '../../src/link/channel.ts';
import { Fragmenter } from '../../src/link/fragmenter.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import { MessageType } from '../../src/roles/message.ts';
import { protectNested } from '../../src/session/nested.ts';
import type { Session } from '../../src/session/session.ts';
import type { BenchOperation } from './operation.ts';

const READINGS = 16;
/** `[6]`: none. */
const NO_NAMES = fromHex('8106');

/** `batch`: payloads as they are. `batch.concise`: with numbers for all of the reading's names. */
export function togetherOperations(
  hop: Session,
  endToEnd: Session,
  payloads: PnePayloads,
  reading: object,
  first: number,
  valueBytes: number,
): BenchOperation[] {
  const payload = payloads.encode(reading);
  const names = payloads.withNames(NO_NAMES, [payload]);
  const fragmenter = new Fragmenter();
  const run = (known: number) => {
    const taken: Uint8Array[] = [];
    for (let i = 0; i < READINGS; i++) taken.push(payloads.encode(reading));
    const message = payloads.pack(MessageType.readings, first, taken, names, known)!;
    fragmenter.push(protectNested(hop, Channel.hopRecord, endToEnd, Channel.endToEndRecord, message));
    while (fragmenter.next(valueBytes) !== undefined);
  };
  const known = Object.keys(reading).length;
  const bytes = payload.length;
  return [
    { op: 'batch', bytes, parts: READINGS, run: () => run(0) },
    { op: 'batch.concise', bytes, parts: READINGS, run: () => run(known) },
  ];
}
