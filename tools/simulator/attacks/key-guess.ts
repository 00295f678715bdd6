// SPDX-License-Identifier: Apache-2.0

/** What somebody has who knows all of a session but its key: the algorithm, the identifiers, the numbers. */
import type { CryptoProvider } from '../../../src/crypto/provider.ts';
import { parseCompressed } from '../../../src/session/compressed.ts';
import { createSession, type Session } from '../../../src/session/session.ts';

const SECRET_BYTES = 16;
/** So far above the numbers of a record that was seen that it is no replay. */
const AHEAD = 1000;

/** A session that sends, or receives, records like that one, under a key that is made up. */
export function guessedSession(
  provider: CryptoProvider,
  record: Uint8Array,
  algorithm: number,
  does: 'send' | 'receive',
): Session {
  const { kid, sequence } = parseCompressed(record);
  const [own, others] = [kid.slice(), Uint8Array.of(...kid, 0)];
  const made = new Uint8Array(SECRET_BYTES);
  provider.fillRandom(made);
  return createSession(
    {
      provider,
      algorithm,
      masterSecret: provider.secret(made),
      masterSalt: new Uint8Array(0),
      senderId: does === 'send' ? own : others,
      recipientId: does === 'send' ? others : own,
    },
    { firstSequenceNumber: sequence + AHEAD, reserve(): void {} },
  );
}
