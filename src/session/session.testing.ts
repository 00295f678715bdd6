// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex } from '../bytes/hex.ts';
import { createRandom, randomBytes } from '../bytes/random.testing.ts';
import { because } from '../cose/test-fixture.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ImplementationLimits, SpecificationLimits } from '../limits.ts';
import { parseCompressed } from './compressed.ts';
import { recordKid } from './forms.ts';
import { keyLimits } from './key-limits.ts';
import { ALGORITHMS, fixtureOf, mirrored, open } from './test-fixture.ts';

const CCM8 = Algorithm.AES_CCM_16_64_128;
const READING = fromHex('a2617419012c61750a');

/** What every session does, over any provider. */
export function runSessionTests(provider: CryptoProvider): void {
  const { contextOf, pair } = fixtureOf(provider);
  const test = suite(`session over ${provider.name}`);

  for (const [name, algorithm, tagLength] of ALGORITHMS) {
    test(`${name}: both ends read what the other protects`, () => {
      const { pne, server } = pair(algorithm);
      for (let i = 0; i < 3; i++) {
        assert.equal(server.unprotect(pne.protect(READING)), READING);
        assert.equal(pne.unprotect(server.protect(READING)), READING);
      }
    });

    test(`${name}: messages of 0 bytes and of the most pass, one byte more is refused`, () => {
      const { pne, server } = pair(algorithm);
      const most = randomBytes(createRandom(algorithm), ImplementationLimits.recordMaxMessageBytes);
      assert.is(server.unprotect(pne.protect(new Uint8Array(0))).length, 0);
      assert.equal(server.unprotect(pne.protect(most)), most);
      assert.throws(() => pne.protect(new Uint8Array(most.length + 1)), because('tooLong'));
      assert.is(recordKid(pne.protect(READING))[0], 0x0a);
    });

    test(`${name}: the overhead of the first 128 records is 2 bytes and the tag`, () => {
      const { pne } = pair(algorithm);
      for (let i = 0; i < 128; i++) {
        assert.is(pne.protect(READING).length - READING.length, 2 + tagLength);
      }
      assert.is(pne.protect(READING).length - READING.length, 3 + tagLength);
    });

    test(`${name}: no more records are sealed than the key may`, () => {
      const { maxSealed } = keyLimits(algorithm);
      const pne = open(contextOf(algorithm), { firstSequenceNumber: maxSealed - 1 });
      const server = open(mirrored(contextOf(algorithm)));
      assert.equal(server.unprotect(pne.protect(READING)), READING);
      const exhausted = maxSealed > SpecificationLimits.maxSequenceNumber;
      assert.throws(() => pne.protect(READING), because(exhausted ? 'sequenceExhausted' : 'keyLimitReached'));
    });

    test(`${name}: after the last failed record that the key allows everything is refused`, () => {
      const received = { highest: -1, seen: 0, failed: keyLimits(algorithm).maxFailed - 1 };
      const { pne, server } = pair(algorithm, {}, { received });
      assert.equal(server.unprotect(pne.protect(READING)), READING);
      const forged = pne.protect(READING);
      forged[5] = forged[5]! ^ 1;
      const failure = server.mode === 'encrypt' ? 'decryptionFailure' : 'integrityFailure';
      assert.throws(() => server.unprotect(forged), because(failure));
      assert.throws(() => server.unprotect(pne.protect(READING)), because('keyLimitReached'));
      assert.is(server.received().failed, keyLimits(algorithm).maxFailed);
    });

    test(`${name}: a closed session refuses`, () => {
      const { pne, server } = pair(algorithm);
      const record = pne.protect(READING);
      pne.close();
      server.close();
      server.close();
      assert.throws(() => pne.protect(READING), because('keyWiped'));
      assert.throws(() => server.unprotect(record), because('keyWiped'));
      assert.equal(server.received(), { highest: -1, seen: 0, failed: 0 });
    });
  }

  for (const [name, algorithm] of ALGORITHMS) {
    test(`${name}: protectInto writes what protect returns, and nothing behind it`, () => {
      for (const [length, firstSequenceNumber] of [
        [0, 0],
        [9, 127],
        [64, 300],
      ] as const) {
        const [one, other] = [0, 1].map(() => open(contextOf(algorithm), { firstSequenceNumber }));
        const plaintext = new Uint8Array(length).fill(7);
        const record = one!.protect(plaintext);
        const target = new Uint8Array(record.length + 3).fill(0xee);
        assert.is(other!.protectInto(plaintext, target), record.length);
        assert.equal(target.subarray(0, record.length), record);
        assert.equal(target.slice(record.length), fromHex('eeeeee'));
      }
    });

    test(`${name}: a target without room is refused, and uses no number`, () => {
      const { pne, server } = pair(algorithm, { senderId: fromHex('0102'), idContext: fromHex('c0c1c2') });
      const record = pne.protect(READING);
      for (let length = 0; length < record.length; length++) {
        const target = new Uint8Array(length);
        assert.throws(() => pne.protectInto(READING, target), because('targetTooShort'));
        assert.equal(target, new Uint8Array(length));
      }
      const target = new Uint8Array(record.length);
      assert.is(pne.protectInto(READING, target), record.length);
      assert.is(parseCompressed(target).sequence, 1);
      assert.equal(server.unprotect(target), READING);
    });

    test(`${name}: a target that overlaps the plaintext is refused, and uses no number`, () => {
      const { pne } = pair(algorithm);
      const memory = new Uint8Array(200);
      for (const start of [0, 40, 99]) {
        const plaintext = memory.subarray(start, start + 10);
        assert.throws(() => pne.protectInto(plaintext, memory.subarray(9, 100)), because('badArgument'));
      }
      assert.ok(pne.protectInto(memory.subarray(0, 9), memory.subarray(9, 100)) > 0);
      assert.is(parseCompressed(pne.protect(READING)).sequence, 1);
    });
  }

  test('a closed session reserves no numbers', () => {
    const reserved: number[] = [];
    const pne = open(contextOf(CCM8), { reserve: (upTo) => reserved.push(upTo) });
    pne.close();
    assert.throws(() => pne.protect(READING), because('keyWiped'));
    assert.throws(() => pne.protectInto(READING, new Uint8Array(100)), because('keyWiped'));
    assert.equal(reserved, []);
  });

  test('an 8-byte tag costs 10 bytes a record, a 16-byte tag 18', () => {
    const overhead = (algorithm: number) => pair(algorithm).pne.protect(READING).length - READING.length;
    assert.is(overhead(Algorithm.AES_CCM_16_64_128), 10);
    assert.is(overhead(Algorithm.HMAC_256_64), 10);
    assert.is(overhead(Algorithm.AES_CCM_16_128_128), 18);
    assert.is(overhead(Algorithm.A128GCM), 18);
    assert.is(overhead(Algorithm.CHACHA20_POLY1305), 18);
  });

  test('the algorithm decides the mode', () => {
    const modes = ALGORITHMS.map(([, algorithm]) => pair(algorithm).pne.mode);
    assert.equal(modes, ['encrypt', 'encrypt', 'encrypt', 'encrypt', 'integrity-only', 'integrity-only']);
  });

  test('an encrypted record does not show its plaintext, an integrity-only record does', () => {
    const shows = (algorithm: number) => {
      const record = pair(algorithm).pne.protect(READING);
      return record.subarray(2, 2 + READING.length).join() === READING.join();
    };
    assert.not(shows(Algorithm.AES_CCM_16_64_128));
    assert.ok(shows(Algorithm.HMAC_256_64));
  });

  test('the master secret and salt, the context and the algorithm all reach the keys', () => {
    const record = pair(CCM8).pne.protect(READING);
    const others = [
      { masterSecret: provider.secret(fromHex('0102030405060708090a0b0c0d0e0f11')) },
      { masterSalt: fromHex('9e7ca92223786341') },
    ];
    for (const change of others) {
      assert.throws(() => pair(CCM8, change).server.unprotect(record), because('decryptionFailure'));
    }
    const withContext = pair(CCM8, { idContext: fromHex('aa') });
    assert.throws(() => withContext.server.unprotect(record), because('contextUnknown'));
    const { server } = pair(Algorithm.AES_CCM_16_128_128);
    const long = pair(CCM8).pne.protect(new Uint8Array(64));
    assert.throws(() => server.unprotect(long), because('decryptionFailure'));
  });

  test('the limits hold for the longest message that a record takes', () => {
    assert.ok(ImplementationLimits.recordMaxMessageBytes <= SpecificationLimits.ccm8MaxMessageBytes);
    assert.equal(keyLimits(CCM8), { maxSealed: 2 ** 20, maxFailed: 2 ** 14 });
  });

  test('an algorithm that protects no records is refused', () => {
    for (const algorithm of [Algorithm.SHA_256, 0, 2, 11, -7]) {
      assert.throws(() => open(contextOf(algorithm)), because('unsupportedAlgorithm'));
      assert.throws(() => keyLimits(algorithm), because('unsupportedAlgorithm'));
    }
  });

  test('an algorithm that the provider lacks is refused', () => {
    const lacking = { ...provider, supports: () => false };
    assert.throws(() => open(contextOf(CCM8, { provider: lacking })), because('unsupportedAlgorithm'));
  });

  test('a provider without records is refused', () => {
    const { records, ...lacking } = provider;
    assert.ok(records);
    assert.throws(() => open(contextOf(CCM8, { provider: lacking })), because('unsupportedAlgorithm'));
  });

  test('IDs longer than the nonce holds are refused', () => {
    const seven = fromHex('01020304050607');
    assert.ok(open(contextOf(CCM8, { senderId: seven })));
    assert.ok(open(contextOf(Algorithm.HMAC_256_64, { recipientId: seven })));
    assert.throws(() => open(contextOf(Algorithm.A128GCM, { senderId: seven })), because('badArgument'));
    const eight = fromHex('0102030405060708');
    for (const [, algorithm] of ALGORITHMS) {
      assert.throws(() => open(contextOf(algorithm, { senderId: eight })), because('badArgument'));
      assert.throws(() => open(contextOf(algorithm, { recipientId: eight })), because('badArgument'));
    }
  });

  test('an ID context that no record can carry is refused', () => {
    assert.ok(open(contextOf(CCM8, { idContext: new Uint8Array(16) })));
    assert.throws(() => open(contextOf(CCM8, { idContext: new Uint8Array(17) })), because('badArgument'));
  });

  test('the same ID at both ends is refused', () => {
    const same = { senderId: fromHex('0a'), recipientId: fromHex('0a') };
    assert.throws(() => open(contextOf(CCM8, same)), because('badArgument'));
  });

  test('a count of failures that is none is refused', () => {
    for (const failed of [-1, 0.5, Number.NaN, 2 ** 53]) {
      const received = { highest: -1, seen: 0, failed };
      assert.throws(() => open(contextOf(CCM8), { received }), because('badArgument'));
    }
  });

  test('the caller keeps its master secret', () => {
    const context = contextOf(CCM8);
    const first = open(context);
    first.close();
    const record = open(context).protect(READING);
    assert.equal(open(mirrored(context)).unprotect(record), READING);
  });

  test('what the caller does to its bytes later does not reach the session', () => {
    const senderId = fromHex('0a');
    const recipientId = fromHex('0b');
    const idContext = fromHex('0c');
    const pne = open(contextOf(CCM8, { senderId, recipientId, idContext }));
    const server = open(mirrored(contextOf(CCM8, { idContext: fromHex('0c') })));
    for (const bytes of [senderId, recipientId, idContext]) bytes.fill(0xff);
    assert.equal(server.unprotect(pne.protect(READING)), READING);
    assert.equal(pne.unprotect(server.protect(READING)), READING);
  });

  test('results are the caller’s: a later record does not change an earlier one', () => {
    for (const [, algorithm] of ALGORITHMS) {
      const { pne, server } = pair(algorithm);
      const record = pne.protect(READING);
      const copy = record.slice();
      const plaintext = server.unprotect(record);
      server.unprotect(pne.protect(fromHex('ffff')));
      assert.equal(record, copy);
      record.fill(0);
      assert.equal(plaintext, READING);
    }
  });

  test('numbers of every length pass, and the change from one length to the next', () => {
    for (const [, algorithm] of ALGORITHMS) {
      const { maxSealed } = keyLimits(algorithm);
      const server = open(mirrored(contextOf(algorithm)));
      for (const firstSequenceNumber of [0, 255, 65535, 2 ** 24 - 1, 2 ** 32 - 1, 2 ** 40 - 2]) {
        if (firstSequenceNumber + 1 >= maxSealed) continue;
        const pne = open(contextOf(algorithm), { firstSequenceNumber });
        assert.equal(server.unprotect(pne.protect(READING)), READING);
        assert.equal(server.unprotect(pne.protect(READING)), READING);
      }
    }
  });

  test.run();
}
