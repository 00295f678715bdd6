// SPDX-License-Identifier: Apache-2.0

/** What the readings of the sample take on the air, in records: alone and together, before and after their names are known. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { splitNames } from '../../src/payload/concise.ts';
import { encodeMessage, MessageType } from '../../src/roles/message.ts';
import { decodeReadings } from '../../src/roles/readings-message.ts';
import { withRecords } from '../../src/session/records.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import { ROOT } from '../build/bundle.ts';
import { readRows } from './readings.ts';

const test = suite('simulator/bytes of the sample');
const NO_NAMES = Uint8Array.of(0x81, MessageType.dictionary);
/** Where a number of the stream takes two bytes, as most do. */
const FIRST = 24;

const session = openSession();

test('the sample takes at most half the bytes, alone and together, and arrives as it is', async () => {
  const payloads = await samplePayloads();
  const names = compactPayloads.withNames(NO_NAMES, payloads);
  const known = splitNames(names).length;
  const pack = (first: number, some: readonly Uint8Array[]) =>
    compactPayloads.pack(MessageType.readings, first, some, names, known)!;
  const plain = payloads.map((payload, index) =>
    encodeMessage({ type: MessageType.reading, number: FIRST + index, payload }),
  );
  const concise = payloads.map((payload, index) => pack(FIRST + index, [payload]));
  const together = pack(FIRST, payloads);
  const [before, alone, batched] = [plain, concise, [together]].map((messages) => bytesOf(messages));
  const each = (bytes: number) => (bytes / payloads.length).toFixed(1);
  console.log(
    `  ${payloads.length} readings, bytes of records for each: ${each(before!)} as they are, ${each(alone!)} with numbers for names, ${each(batched!)} together`,
  );
  assert.is(payloads.length, 16);
  assert.ok(alone! <= before! / 2 && batched! <= before! / 4, `${before} ${alone} ${batched}`);
  const split = splitNames(names);
  for (const [index, payload] of payloads.entries()) {
    assert.equal(decodeReadings(concise[index]!, split).payloads, [payload]);
  }
  assert.equal(decodeReadings(together, split).payloads, payloads);
});

async function samplePayloads(): Promise<Uint8Array[]> {
  const payloads: Uint8Array[] = [];
  const { decode } = createCborXPayloads();
  for await (const row of readRows(createReadStream(join(ROOT, 'tools/simulator/sample.csv')))) {
    if ('error' in row) throw new Error(row.error);
    payloads.push(compactPayloads.encode(decode(row.payload)));
  }
  return payloads;
}

function bytesOf(messages: readonly Uint8Array[]): number {
  return messages.reduce((bytes, message) => bytes + session.protect(message).length, 0);
}

/** A server's kids have two bytes. */
function openSession(): Session {
  const provider = withRecords(createNodeProvider());
  return createSession(
    {
      provider,
      algorithm: 10,
      masterSecret: provider.secret(new Uint8Array(16)),
      masterSalt: new Uint8Array(8),
      senderId: Uint8Array.of(0, 1),
      recipientId: Uint8Array.of(1),
    },
    { firstSequenceNumber: 0, reserve(): void {} },
  );
}

test.run();
