// SPDX-License-Identifier: Apache-2.0

import type { BenchOperation } from '../../firmware/bench/operation.ts';
/**
 * The server's side on Node: records by its sessions, readings by the whole of it, from the gateway's message to the
 * receipt's, each beside the bare libraries (server-bare.ts) in the same process.
 */
import { READING } from '../../firmware/bench/reading.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createCborXPayloads } from '../../src/payload/codec.ts';
import { encodeMessage, MessageType } from '../../src/roles/message.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import { type Bare, createBare } from './server-bare.ts';
import { servePne } from './server-peer.ts';

export interface ServerOperations {
  readonly bare: readonly BenchOperation[];
  readonly own: readonly BenchOperation[];
}

const WARM_UP_ROUNDS = 1000;
const WARM_UP_ROUND = 32;
/** Numbers of readings have three bytes in the end, and so have Partial IVs. */
const NUMBER = 100_000;
const KID = Uint8Array.of(1, 2);

export function serverOperations(provider: CryptoProvider): ServerOperations {
  const payload = createCborXPayloads().encode(READING);
  const message = encodeMessage({ type: MessageType.reading, number: NUMBER, payload });
  const bare = bareOperations(createBare(), message, payload.length);
  const own = [...recordOperations(provider, message), readingOperation(provider, payload)];
  const warm = once(() => warmUp([...bare, ...own]));
  const warmed = (operation: BenchOperation): BenchOperation => ({
    ...operation,
    prepare(count) {
      warm();
      operation.prepare?.(count);
    },
  });
  return { bare: bare.map(warmed), own: own.map(warmed) };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** A server runs for long, and calls node:crypto for more than one purpose: the engine has compiled all of it. */
function warmUp(operations: readonly BenchOperation[]): void {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const { prepare, run } of operations) {
      prepare?.(WARM_UP_ROUND);
      for (let index = 0; index < WARM_UP_ROUND; index++) run(index);
    }
  }
}

function bareOperations(bare: Bare, message: Uint8Array, payloadBytes: number): BenchOperation[] {
  const bytes = message.length;
  let sealed: Uint8Array[] = [];
  // As for the server's own: memory that the sender's end leaves behind costs both alike.
  const prepare = (count: number) => {
    sealed = Array.from({ length: count }, () => bare.seal(message));
  };
  return [
    { op: 'server.protect', bytes, run: () => bare.seal(message) },
    { op: 'server.unprotect', bytes, prepare, run: (index) => bare.open(sealed[index]!) },
    { op: 'server.reading', bytes: payloadBytes, prepare, run: (index) => bare.takeReading(sealed[index]!) },
  ];
}

function recordOperations(provider: CryptoProvider, message: Uint8Array): BenchOperation[] {
  const server = openSession(provider, KID, Uint8Array.of(0));
  const pne = openSession(provider, Uint8Array.of(0), KID);
  const bytes = message.length;
  let records: Uint8Array[] = [];
  return [
    { op: 'server.protect', bytes, run: () => server.protect(message) },
    {
      op: 'server.unprotect',
      bytes,
      prepare(count) {
        records = Array.from({ length: count }, () => pne.protect(message));
      },
      run: (index) => server.unprotect(records[index]!),
    },
  ];
}

function readingOperation(provider: CryptoProvider, payload: Uint8Array): BenchOperation {
  const server = servePne(provider);
  let routes: Uint8Array[] = [];
  let sent = 0;
  return {
    op: 'server.reading',
    bytes: payload.length,
    prepare(count) {
      server.checkAnswered(sent);
      routes = Array.from({ length: count }, () => server.readingRoute(payload));
      sent += count;
    },
    run: (index) => server.deliver(routes[index]!),
  };
}

function openSession(provider: CryptoProvider, senderId: Uint8Array, recipientId: Uint8Array): Session {
  return createSession(
    {
      provider,
      algorithm: Algorithm.AES_CCM_16_64_128,
      masterSecret: provider.secret(new Uint8Array(16).fill(1)),
      masterSalt: new Uint8Array(8),
      senderId,
      recipientId,
    },
    { firstSequenceNumber: NUMBER, reserve() {} },
  );
}
