// SPDX-License-Identifier: Apache-2.0

/** What the sample's readings take on the air, in records: alone and together, before and after names are known. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { type Names, splitNames } from '../../src/payload/concise.ts';
import { encodeMessage, MessageType } from '../../src/roles/message.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import { ROOT } from '../build/bundle.ts';
import { readRows } from './readings.ts';

export interface SampleBytes {
  readonly payloads: readonly Uint8Array[];
  readonly names: Names;
  /** Messages of one reading each, with numbers for names. */
  readonly concise: readonly Uint8Array[];
  /** One message of all. */
  readonly together: Uint8Array;
  /** Bytes of the records of all readings: as they are, with numbers for names, together. */
  readonly bytes: { readonly plain: number; readonly concise: number; readonly together: number };
  /** The same in a line, for each reading. */
  readonly line: string;
}

const NO_NAMES = Uint8Array.of(0x81, MessageType.dictionary);
/** Where a number of the stream takes two bytes, as most do. */
const FIRST = 24;

export async function measureSample(): Promise<SampleBytes> {
  const session = openSession();
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
  const bytesOf = (messages: readonly Uint8Array[]) =>
    messages.reduce((sum, message) => sum + session.protect(message).length, 0);
  const bytes = { plain: bytesOf(plain), concise: bytesOf(concise), together: bytesOf([together]) };
  const each = (sum: number) => (sum / payloads.length).toFixed(1);
  const line = `${payloads.length} readings, bytes of records for each: ${each(bytes.plain)} as they are, ${each(bytes.concise)} with numbers for names, ${each(bytes.together)} together`;
  return { payloads, names, concise, together, bytes, line };
}

async function samplePayloads(): Promise<Uint8Array[]> {
  const payloads: Uint8Array[] = [];
  const { decode } = createCborXPayloads();
  for await (const row of readRows(createReadStream(join(ROOT, 'tools/simulator/sample.csv')))) {
    if ('error' in row) throw new Error(row.error);
    payloads.push(compactPayloads.encode(decode(row.payload)));
  }
  return payloads;
}

/** A server's kids have two bytes. */
function openSession(): Session {
  const provider = createNodeProvider();
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
