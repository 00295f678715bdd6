// SPDX-License-Identifier: Apache-2.0

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { createRandom, randomBytes } from '../bytes/random.testing.ts';
import { decodeEncrypt0, encodeEncrypt0, openEncrypt0 } from '../cose/encrypt0.ts';
import { createHeaders } from '../cose/headers.ts';
import { decodeMac0, encodeMac0, verifyMac0 } from '../cose/mac0.ts';
import { because, outcome } from '../cose/test-fixture.ts';
import { Algorithm, algorithmParameters } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { aadArray } from './aad.ts';
import { compressMessage, expandRecord } from './expand.ts';
import { readEither, readFull, recordKid } from './forms.ts';
import { encodeInfo } from './info.ts';
import { baseIv } from './nonce.ts';
import { recordForm } from './record.ts';
import type { SecurityContext } from './session.ts';
import { ALGORITHMS, encode, fixtureOf, mirrored, open } from './test-fixture.ts';

const READING = fromHex('a2617419012c61750a');
const CCM8 = Algorithm.AES_CCM_16_64_128;
const HMAC8 = Algorithm.HMAC_256_64;
const FULL_ONLY = { readForm: readFull };
const EITHER = { readForm: readEither };

/** Records in their full form, over any provider. */
export function runExpandTests(provider: CryptoProvider): void {
  const { contextOf, pair } = fixtureOf(provider);
  const test = suite(`expanded record over ${provider.name}`);

  /** A record of random fields, with a body that holds at least a tag. */
  function randomRecord(random: () => number, tagLength: number): Uint8Array {
    const sequence = (random() * 256 + (random() & 255)) % 2 ** (1 + (random() % 40));
    return encode({
      sequence,
      kid: randomBytes(random, random() % 8),
      kidContext: random() % 3 === 0 ? randomBytes(random, random() % 17) : undefined,
      body: randomBytes(random, tagLength + (random() % 40)),
    });
  }

  /** RFC 9052 section 3.1: the Partial IV, left-padded with zeros, XOR the Context IV. */
  function ivOf(contextIv: Uint8Array, partialIv: Uint8Array): Uint8Array {
    const padded = concatBytes(new Uint8Array(contextIv.length - partialIv.length), partialIv);
    return padded.map((byte, i) => byte ^ contextIv[i]!);
  }

  function derive({ masterSalt, masterSecret, senderId, algorithm }: SecurityContext): {
    key: Secret;
    contextIv: Uint8Array;
  } {
    const parameters = algorithmParameters(algorithm)!;
    const prk = provider.extract(Algorithm.SHA_256, masterSalt, masterSecret);
    const keyLength = parameters.kind === 'hash' ? 0 : parameters.keyLength;
    const keyInfo = encodeInfo(senderId, undefined, algorithm, 'Key', keyLength);
    const key = provider.expandSecret(Algorithm.SHA_256, prk, keyInfo, keyLength);
    if (parameters.kind !== 'aead') return { key, contextIv: new Uint8Array(0) };
    const ivInfo = encodeInfo(new Uint8Array(0), undefined, algorithm, 'IV', parameters.nonceLength);
    const commonIv = provider.expand(Algorithm.SHA_256, prk, ivInfo, parameters.nonceLength);
    return { key, contextIv: baseIv(commonIv, senderId) };
  }

  /** What any COSE library does that knows the key, the Context IV and the external_aad. */
  function openAsCose(message: Uint8Array, context: SecurityContext): Uint8Array {
    const { algorithm } = context;
    const { key, contextIv } = derive(context);
    if (algorithmParameters(algorithm)!.kind === 'mac') {
      const mac0 = decodeMac0(message);
      const { kid, partialIv } = mac0.unprotectedHeader;
      const externalAad = aadArray(algorithm, kid!, partialIv!);
      return verifyMac0(mac0, { algorithm, key: provider.macKey(algorithm, key), externalAad });
    }
    const encrypt0 = decodeEncrypt0(message);
    const { kid, partialIv } = encrypt0.unprotectedHeader;
    return openEncrypt0(encrypt0, {
      algorithm,
      key: provider.aeadKey(algorithm, key),
      nonce: ivOf(contextIv, partialIv!),
      externalAad: aadArray(algorithm, kid!, partialIv!),
    });
  }

  for (const [name, algorithm, tagLength] of ALGORITHMS) {
    test(`${name}: every record expands and compresses to the same bytes`, () => {
      const random = createRandom(algorithm);
      for (let round = 0; round < 300; round++) {
        const record = randomRecord(random, tagLength);
        const message = expandRecord(record, algorithm);
        assert.is(recordForm(record), 'compressed');
        assert.is(recordForm(message), 'full');
        assert.equal(compressMessage(message, algorithm), record);
        assert.equal(expandRecord(compressMessage(message, algorithm), algorithm), message);
        assert.equal(recordKid(message).slice(), recordKid(record).slice());
      }
    });

    test(`${name}: the expanded record opens by RFC 9052's own procedure`, () => {
      const context = contextOf(algorithm);
      for (const firstSequenceNumber of [0, 127, 128, 70_000]) {
        const record = open(context, { firstSequenceNumber }).protect(READING);
        assert.equal(openAsCose(expandRecord(record, algorithm), context).slice(), READING);
      }
    });

    test(`${name}: a session accepts the form it was told to, and refuses the other`, () => {
      const { pne, server } = pair(algorithm, {}, FULL_ONLY);
      const record = pne.protect(READING);
      const message = expandRecord(record, algorithm);
      assert.throws(() => server.unprotect(record), because('formNotAccepted'));
      assert.equal(server.unprotect(message), READING);
      const compressedOnly = pair(algorithm).server;
      assert.throws(() => compressedOnly.unprotect(message), because('formNotAccepted'));
      assert.equal(compressedOnly.unprotect(record), READING);
    });

    test(`${name}: a record accepted in one form is a replay in the other`, () => {
      const { pne, server } = pair(algorithm, {}, EITHER);
      const record = pne.protect(READING);
      const message = expandRecord(record, algorithm);
      server.unprotect(record);
      assert.throws(() => server.unprotect(message), because('replay'));
      const next = pne.protect(READING);
      server.unprotect(expandRecord(next, algorithm));
      assert.throws(() => server.unprotect(next), because('replay'));
    });

    test(`${name}: a full message cut short or with any one bit flipped is refused`, () => {
      const { pne, server } = pair(algorithm, {}, EITHER);
      const message = expandRecord(pne.protect(READING), algorithm);
      const { highest, seen } = server.received();
      for (let length = 0; length < message.length; length++) {
        assert.is.not(
          outcome(() => server.unprotect(message.subarray(0, length))),
          'accepted',
        );
      }
      for (let bit = 0; bit < 8 * message.length; bit++) {
        const flipped = message.slice();
        flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
        assert.is.not(
          outcome(() => server.unprotect(flipped)),
          'accepted',
          `bit ${bit}`,
        );
      }
      assert.equal([server.received().highest, server.received().seen], [highest, seen]);
      assert.equal(server.unprotect(message), READING);
    });
  }

  test('the expanded forms are the ones drawn in record.ts', () => {
    assert.is(
      toHex(expandRecord(fromHex('050aaabbccddeeff0011'), CCM8)),
      'd08340a204410a06410548aabbccddeeff0011',
    );
    assert.is(
      toHex(expandRecord(fromHex('050a77aabbccddeeff0011'), HMAC8)),
      'd18440a204410a064105417748aabbccddeeff0011',
    );
    assert.is(
      toHex(expandRecord(fromHex('c90502c0c10aaabbccddeeff0011'), CCM8)),
      'd08340a304410a0641050a42c0c148aabbccddeeff0011',
    );
  });

  test('no beginning of a compressed record is one of a full message', () => {
    for (let first = 0; first < 256; first++) {
      for (let third = 0; third < 256; third++) {
        const record = concatBytes(Uint8Array.of(first, 0x84, third), new Uint8Array(300));
        if (recordForm(record) === 'compressed') continue;
        assert.throws(() => expandRecord(record, CCM8), because('headerInvalid'));
      }
    }
  });

  test('a body shorter than its tag does not expand to a Mac0', () => {
    assert.throws(() => expandRecord(fromHex('050a01020304050607'), HMAC8), because('truncated'));
  });

  test('a message of the other structure is refused', () => {
    const encrypt0 = expandRecord(fromHex('050aaabbccddeeff0011'), CCM8);
    const mac0 = expandRecord(fromHex('050aaabbccddeeff0011'), HMAC8);
    assert.throws(() => pair(HMAC8, {}, FULL_ONLY).server.unprotect(encrypt0), because('formNotAccepted'));
    assert.throws(() => pair(CCM8, {}, FULL_ONLY).server.unprotect(mac0), because('formNotAccepted'));
  });

  test('a MAC of another length does not compress', () => {
    const mac0 = expandRecord(fromHex('050aaabbccddeeff0011'), HMAC8);
    assert.throws(() => compressMessage(mac0, Algorithm.HMAC_256_256), because('headerInvalid'));
  });

  test('a full message with other headers than a record has is refused', () => {
    const kid = fromHex('0a');
    const partialIv = fromHex('05');
    const ciphertext = new Uint8Array(8);
    const server = open(mirrored(contextOf(CCM8)), FULL_ONLY);
    for (const [protectedHeader, unprotected] of [
      [{}, { kid }],
      [{}, { partialIv }],
      [{}, { kid, iv: partialIv }],
      [{}, { kid, partialIv, algorithm: CCM8 }],
      [{}, { kid, partialIv, contentType: 0 }],
      [{}, { kid: new Uint8Array(8), partialIv }],
      [{}, { kid, partialIv: fromHex('0005') }],
      [{}, { kid, partialIv: fromHex('') }],
      [{}, { kid, partialIv: fromHex('010203040506') }],
      [{}, { kid, partialIv, kidContext: new Uint8Array(17) }],
    ] as const) {
      const headers = createHeaders(protectedHeader, unprotected);
      const message = encodeEncrypt0({ tagged: true, ...headers, ciphertext });
      assert.throws(() => server.unprotect(message), because('headerInvalid'));
    }
  });

  test('a protected header in a full message is refused', () => {
    const headers = createHeaders({ algorithm: CCM8 }, { kid: fromHex('0a'), partialIv: fromHex('05') });
    const message = encodeEncrypt0({ tagged: true, ...headers, ciphertext: new Uint8Array(8) });
    const server = open(mirrored(contextOf(CCM8)), FULL_ONLY);
    assert.throws(() => server.unprotect(message), because('headerInvalid'));
    const asEmptyMap = { ...createHeaders({}, headers.unprotectedHeader), protectedBytes: fromHex('a0') };
    const malleable = encodeEncrypt0({ tagged: true, ...asEmptyMap, ciphertext: new Uint8Array(8) });
    assert.throws(() => server.unprotect(malleable), because('headerInvalid'));
  });

  test('an untagged full message is not one of a record', () => {
    const headers = createHeaders({}, { kid: fromHex('0a'), partialIv: fromHex('05') });
    const encrypt0 = encodeEncrypt0({ tagged: false, ...headers, ciphertext: new Uint8Array(8) });
    const mac0 = encodeMac0({ tagged: false, ...headers, payload: READING, tag: new Uint8Array(8) });
    assert.is(recordForm(encrypt0), 'compressed');
    assert.is(recordForm(mac0), 'compressed');
  });

  test('bytes behind a full message are refused', () => {
    const message = expandRecord(pair(CCM8).pne.protect(READING), CCM8);
    const { server } = pair(CCM8, {}, FULL_ONLY);
    assert.throws(() => server.unprotect(concatBytes(message, fromHex('00'))), because('trailingBytes'));
    assert.equal(server.unprotect(message), READING);
  });

  test.run();
}
