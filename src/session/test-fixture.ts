// SPDX-License-Identifier: Apache-2.0

/** Sessions for the tests of this room, over any provider. No image imports it. */

import { fromHex } from '../bytes/hex.ts';
import { provider as algorithmsAlone } from '../cose/test-fixture.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { encodeCompressed, type RecordFields } from './compressed.ts';
import { withRecords } from './records.ts';
import { createSession, type SecurityContext, type Session, type SessionOptions } from './session.ts';

/** As that of cose, with records in TypeScript. */
export const provider: CryptoProvider = withRecords(algorithmsAlone);

/** Every algorithm that protects records, by the name its tests carry. */
export const ALGORITHMS: readonly (readonly [name: string, algorithm: number, tagLength: number])[] = [
  ['AES-CCM-16-64-128', Algorithm.AES_CCM_16_64_128, 8],
  ['AES-CCM-16-128-128', Algorithm.AES_CCM_16_128_128, 16],
  ['A128GCM', Algorithm.A128GCM, 16],
  ['ChaCha20/Poly1305', Algorithm.CHACHA20_POLY1305, 16],
  ['HMAC 256/64', Algorithm.HMAC_256_64, 8],
  ['HMAC 256/256', Algorithm.HMAC_256_256, 32],
];

export interface Pair {
  readonly pne: Session;
  readonly server: Session;
}

export interface Fixture {
  contextOf(algorithm: number, change?: Partial<SecurityContext>): SecurityContext;
  /** Two ends that have sent nothing yet. `options` are the server's. */
  pair(algorithm: number, change?: Partial<SecurityContext>, options?: Partial<SessionOptions>): Pair;
}

export function fixtureOf(provider: CryptoProvider): Fixture {
  const contextOf: Fixture['contextOf'] = (algorithm, change = {}) => ({
    provider,
    algorithm,
    masterSecret: provider.secret(fromHex('0102030405060708090a0b0c0d0e0f10')),
    masterSalt: fromHex('9e7ca92223786340'),
    senderId: fromHex('0a'),
    recipientId: fromHex('0b'),
    ...change,
  });
  return {
    contextOf,
    pair(algorithm, change = {}, options = {}) {
      const context = contextOf(algorithm, change);
      return { pne: open(context), server: open(mirrored(context), options) };
    },
  };
}

/** The same context as its other end has it. */
export function mirrored(context: SecurityContext): SecurityContext {
  return { ...context, senderId: context.recipientId, recipientId: context.senderId };
}

export function open(context: SecurityContext, options: Partial<SessionOptions> = {}): Session {
  return createSession(context, { firstSequenceNumber: 0, reserve: () => undefined, ...options });
}

/** Encodes what `parseCompressed` returned, with what a test changed in it. */
export function encode({ sequence, kid, kidContext, body }: RecordFields): Uint8Array {
  return encodeCompressed(sequence, kid, kidContext, body);
}
