// SPDX-License-Identifier: Apache-2.0

/** What an attacker on the path can send, in every algorithm and so in both modes. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import { createRandom, randomBytes } from '../bytes/random.testing.ts';
import { because, outcome } from '../cose/test-fixture.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits } from '../limits.ts';
import type { ReasonName } from '../refusal.ts';
import { parseCompressed } from './compressed.ts';
import { readEither, recordKid } from './forms.ts';
import type { Session } from './session.ts';
import { ALGORITHMS, encode, fixtureOf, mirrored, open, type Pair } from './test-fixture.ts';

const READING = fromHex('a2617419012c61750a');
const FORMS = { readForm: readEither };

/** What an attacker on the path can send, over any provider. */
export function runHostileTests(provider: CryptoProvider): void {
  const { contextOf, pair } = fixtureOf(provider);
  const test = suite(`hostile records over ${provider.name}`);

  function failureOf(session: Session): ReasonName {
    return session.mode === 'encrypt' ? 'decryptionFailure' : 'integrityFailure';
  }

  /** Refused for one of the reasons, with nothing changed but, where it came to that, the count of failures. */
  function assertRefused(server: Session, record: Uint8Array, ...reasons: ReasonName[]): void {
    const before = server.received();
    const reason = outcome(() => server.unprotect(record));
    assert.ok((reasons as string[]).includes(reason), `${reason}, expected ${reasons.join(' or ')}`);
    const failed = before.failed + (reason === failureOf(server) ? 1 : 0);
    assert.equal(server.received(), { ...before, failed });
  }

  function assertAlive({ pne, server }: Pair): void {
    assert.equal(server.unprotect(pne.protect(READING)), READING);
  }

  for (const [name, algorithm, tagLength] of ALGORITHMS) {
    test(`${name}: a record cut short at any length is refused`, () => {
      const ends = pair(algorithm, {}, FORMS);
      const record = ends.pne.protect(READING);
      for (let length = 0; length < record.length; length++) {
        const reason = length < 2 + tagLength ? 'truncated' : failureOf(ends.server);
        assertRefused(ends.server, record.subarray(0, length), reason);
      }
      assert.equal(ends.server.unprotect(record), READING);
    });

    test(`${name}: a record with any one bit flipped is refused`, () => {
      const ends = pair(algorithm, {}, FORMS);
      const record = ends.pne.protect(READING);
      for (let bit = 0; bit < 8 * record.length; bit++) {
        const flipped = record.slice();
        flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
        assertRefused(ends.server, flipped, failureOf(ends.server), 'kidUnknown', 'headerInvalid');
      }
      assert.equal(ends.server.unprotect(record), READING);
    });

    test(`${name}: an extended record with any one bit flipped is refused`, () => {
      const context = contextOf(algorithm, { senderId: fromHex('0102'), idContext: fromHex('c0c1c2') });
      const pne = open(context, { firstSequenceNumber: 300 });
      const server = open(mirrored(context), FORMS);
      const record = pne.protect(READING);
      for (let bit = 0; bit < 8 * record.length; bit++) {
        const flipped = record.slice();
        flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
        assertRefused(
          server,
          flipped,
          failureOf(server),
          'kidUnknown',
          'contextUnknown',
          'headerInvalid',
          'truncated',
          'wrongType',
          'formNotAccepted',
        );
      }
      assert.equal(server.unprotect(record), READING);
      assertAlive({ pne, server });
    });

    test(`${name}: a replayed record is refused (libcoap #2036: in every mode)`, () => {
      const ends = pair(algorithm);
      const record = ends.pne.protect(READING);
      ends.server.unprotect(record);
      assertRefused(ends.server, record, 'replay');
      assertAlive(ends);
      assertRefused(ends.server, record, 'replay');
    });

    test(`${name}: a replay costs no failure, so that it cannot use up the key`, () => {
      const ends = pair(algorithm);
      const record = ends.pne.protect(READING);
      ends.server.unprotect(record);
      const forged = record.slice();
      forged[5] = forged[5]! ^ 1;
      for (const again of [record, forged]) assertRefused(ends.server, again, 'replay');
      assert.is(ends.server.received().failed, 0);
    });

    test(`${name}: records out of order are accepted once each`, () => {
      const { pne, server } = pair(algorithm);
      const records = Array.from({ length: 32 }, () => pne.protect(READING));
      for (const record of records.slice().reverse()) assert.equal(server.unprotect(record), READING);
      for (const record of records) assertRefused(server, record, 'replay');
    });

    test(`${name}: a record older than the window is refused`, () => {
      const { pne, server } = pair(algorithm);
      const records = Array.from({ length: 33 }, () => pne.protect(READING));
      server.unprotect(records[32]!);
      assertRefused(server, records[0]!, 'replay');
      assert.equal(server.unprotect(records[1]!), READING);
    });

    test(`${name}: a forged high number does not move the window`, () => {
      const ends = pair(algorithm);
      const genuine = ends.pne.protect(READING);
      const { kid, kidContext, body } = parseCompressed(genuine);
      const sequence = 2 ** 40 - 1;
      const forged = encode({ sequence, kid, kidContext, body });
      assertRefused(ends.server, forged, failureOf(ends.server));
      assert.equal(ends.server.unprotect(genuine), READING);
      assertAlive(ends);
    });

    test(`${name}: a record reflected to its sender is refused`, () => {
      const { pne, server } = pair(algorithm);
      const record = pne.protect(READING);
      assertRefused(pne, record, 'kidUnknown');
      const renamed = record.slice();
      renamed[1] = 0x0b;
      assertRefused(pne, renamed, failureOf(pne));
      assert.equal(pne.unprotect(server.protect(READING)), READING);
    });

    test(`${name}: a record for IDs that only look equal is refused`, () => {
      const ids = ['', '00', '01', '0001', '0100', '000001'].map(fromHex);
      for (const senderId of ids) {
        for (const other of ids.filter((id) => id !== senderId)) {
          const context = contextOf(algorithm, { senderId });
          const record = parseCompressed(open(context).protect(READING));
          const server = open(mirrored(contextOf(algorithm, { senderId: other })));
          assertRefused(server, encode({ ...record, kid: other }), failureOf(server));
        }
      }
    });

    test(`${name}: a record under another kid is refused`, () => {
      const ends = pair(algorithm);
      const record = parseCompressed(ends.pne.protect(READING));
      for (const kid of ['', '0b', '0c', '0a0a', '000a', '0a000000000000']) {
        assertRefused(ends.server, encode({ ...record, kid: fromHex(kid) }), 'kidUnknown');
      }
      assertAlive(ends);
    });

    test(`${name}: a record with another kid context, or without one, is refused`, () => {
      const ends = pair(algorithm, { idContext: fromHex('c0c1') });
      const record = parseCompressed(ends.pne.protect(READING));
      for (const kidContext of [undefined, fromHex(''), fromHex('c0'), fromHex('c0c2'), fromHex('c0c100')]) {
        assertRefused(ends.server, encode({ ...record, kidContext }), 'contextUnknown');
      }
      assertAlive(ends);
    });

    test(`${name}: a kid context where none was agreed is refused`, () => {
      const ends = pair(algorithm);
      const record = parseCompressed(ends.pne.protect(READING));
      for (const kidContext of [fromHex(''), fromHex('c0')]) {
        assertRefused(ends.server, encode({ ...record, kidContext }), 'contextUnknown');
      }
      assertAlive(ends);
    });

    test(`${name}: bytes behind a record are refused`, () => {
      const ends = pair(algorithm);
      const record = ends.pne.protect(READING);
      assertRefused(ends.server, concatBytes(record, fromHex('00')), failureOf(ends.server));
      assertRefused(ends.server, concatBytes(record, record), failureOf(ends.server));
      assert.equal(ends.server.unprotect(record), READING);
    });

    test(`${name}: an oversized record is refused before its key is used`, () => {
      const ends = pair(algorithm);
      const header = ends.pne.protect(READING).subarray(0, 2);
      const most = ImplementationLimits.recordMaxMessageBytes + tagLength;
      assertRefused(ends.server, concatBytes(header, new Uint8Array(most)), failureOf(ends.server));
      assertRefused(ends.server, concatBytes(header, new Uint8Array(most + 1)), 'tooLong');
      assertRefused(ends.server, concatBytes(header, new Uint8Array(100_000)), 'tooLong');
      assertAlive(ends);
    });

    test(`${name}: another encoding of the same header is refused`, () => {
      const ends = pair(algorithm);
      const record = ends.pne.protect(READING);
      const { sequence, body } = parseCompressed(record);
      const asExtended = concatBytes(Uint8Array.of(0x89, sequence, 0x0a), body);
      const paddedPartialIv = concatBytes(Uint8Array.of(0x8a, 0, sequence, 0x0a), body);
      assertRefused(ends.server, asExtended, 'headerInvalid');
      assertRefused(ends.server, paddedPartialIv, 'headerInvalid');
      assert.equal(ends.server.unprotect(record), READING);
    });

    test(`${name}: a restarted recipient refuses what it had accepted`, () => {
      const ends = pair(algorithm);
      const record = ends.pne.protect(READING);
      ends.server.unprotect(record);
      const server = open(mirrored(contextOf(algorithm)), { received: ends.server.received() });
      assertRefused(server, record, 'replay');
      assertAlive({ pne: ends.pne, server });
    });

    test(`${name}: a restarted sender is not locked out (libcoap #1752)`, () => {
      const { pne, server } = pair(algorithm);
      for (let i = 0; i < 5; i++) server.unprotect(pne.protect(READING));
      const firstSequenceNumber = ImplementationLimits.sequenceBlockSize;
      const restarted = open(contextOf(algorithm), { firstSequenceNumber });
      assertAlive({ pne: restarted, server });
    });

    test(`${name}: random bytes are refused`, () => {
      const ends = pair(algorithm, {}, FORMS);
      const random = createRandom(algorithm);
      for (let round = 0; round < 300; round++) {
        const before = ends.server.received();
        const record = randomBytes(random, random() % 48);
        assert.is.not(
          outcome(() => ends.server.unprotect(record)),
          'accepted',
        );
        outcome(() => recordKid(record));
        const { highest, seen } = ends.server.received();
        assert.equal([highest, seen], [before.highest, before.seen]);
      }
      assertAlive(ends);
    });
  }

  test('an encrypted record is not taken for an integrity-only one, nor the reverse', () => {
    for (const [, sent, tagLength] of ALGORITHMS) {
      for (const [, expected, expectedTagLength] of ALGORITHMS) {
        if (sent === expected) continue;
        const record = pair(sent).pne.protect(new Uint8Array(40));
        const { server } = pair(expected);
        assert.ok(record.length > 2 + Math.max(tagLength, expectedTagLength));
        assertRefused(server, record, failureOf(server));
      }
    }
  });

  test('nothing is read from an empty record', () => {
    assert.throws(() => recordKid(new Uint8Array(0)), because('truncated'));
  });

  test.run();
}
