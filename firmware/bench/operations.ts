// SPDX-License-Identifier: Apache-2.0

import { type AeadParameters, Algorithm, algorithmParameters } from '../../src/crypto/algorithms.ts';
import type { AeadKey, CryptoProvider } from '../../src/crypto/provider.ts';
import type { PnePayloads } from '../../src/payload/payload.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import { curveOperations } from './curves.ts';
import { groupOperations } from './group.ts';
import { handshakeOperations } from './handshake.ts';
import type { BenchOperation, OperationGroup } from './operation.ts';
import { readingOperations } from './reading.ts';

const AEADS = [
  Algorithm.AES_CCM_16_64_128,
  Algorithm.AES_CCM_16_128_128,
  Algorithm.A128GCM,
  Algorithm.CHACHA20_POLY1305,
];
const AEAD_BYTES = [16, 64, 256, 1024];
const RECORD_BYTES = [64, 1024];
/** RFC 8613's Enc_structure for small identifiers is about as long. */
const AAD_BYTES = 20;
/** Of a record in either form, at least. */
const MAX_OVERHEAD_BYTES = 32;
const RECORD_ALGORITHM = Algorithm.AES_CCM_16_64_128;

/** What the protocols do most, with the provider's keys prepared. `payloads` is what such a device or server has. */
export function benchOperations(provider: CryptoProvider, payloads: PnePayloads): OperationGroup[] {
  return [
    ...RECORD_BYTES.map((bytes) => recordOperations(provider, bytes)),
    ...readingOperations(provider, payloads),
    ...groupOperations(provider, payloads),
    ...AEADS.map((algorithm) => aeadOperations(provider, algorithm)),
    macOperation(provider, 64),
    hashOperation(provider, 1024),
    derivationOperation(provider, 42),
    ...curveOperations(provider),
    ...handshakeOperations(provider),
  ];
}

function recordOperations(provider: CryptoProvider, bytes: number): OperationGroup {
  const plaintext = filled(bytes);
  const sender = openSession(provider, 0, 1);
  const recipient = openSession(provider, 1, 0);
  const target = new Uint8Array(bytes + MAX_OVERHEAD_BYTES);
  let records: Uint8Array[] = [];
  return () => [
    { op: 'record.protect', bytes, run: () => sender.protect(plaintext) },
    { op: 'record.protectInto', bytes, run: () => sender.protectInto(plaintext, target) },
    {
      op: 'record.unprotect',
      bytes,
      prepare(count) {
        records = Array.from({ length: count }, () => sender.protect(plaintext));
      },
      run: (index) => recipient.unprotect(records[index]!),
    },
  ];
}

function openSession(provider: CryptoProvider, senderId: number, recipientId: number): Session {
  return createSession(
    {
      provider,
      algorithm: RECORD_ALGORITHM,
      masterSecret: provider.secret(filled(16)),
      masterSalt: filled(8),
      senderId: Uint8Array.of(senderId),
      recipientId: Uint8Array.of(recipientId),
    },
    { firstSequenceNumber: 0, reserve() {} },
  );
}

/** One key for all lengths: a native provider has room for a few dozen. */
function aeadOperations(provider: CryptoProvider, algorithm: number): OperationGroup {
  const parameters = algorithmParameters(algorithm) as AeadParameters;
  const key = provider.aeadKey(algorithm, provider.secret(filled(parameters.keyLength)));
  return () => AEAD_BYTES.flatMap((bytes) => sealAndOpen(parameters, key, bytes));
}

function sealAndOpen({ name, nonceLength }: AeadParameters, key: AeadKey, bytes: number): BenchOperation[] {
  const nonce = filled(nonceLength);
  const aad = filled(AAD_BYTES);
  const plaintext = filled(bytes);
  const sealed = key.seal(nonce, aad, plaintext);
  return [
    { op: `seal ${name}`, bytes, run: () => key.seal(nonce, aad, plaintext) },
    { op: `open ${name}`, bytes, run: () => key.open(nonce, aad, sealed) },
  ];
}

function macOperation(provider: CryptoProvider, bytes: number): OperationGroup {
  const key = provider.macKey(Algorithm.HMAC_256_256, provider.secret(filled(32)));
  const data = filled(bytes);
  return () => [{ op: 'compute HMAC 256/256', bytes, run: () => key.compute(data) }];
}

function hashOperation(provider: CryptoProvider, bytes: number): OperationGroup {
  const data = filled(bytes);
  return () => [{ op: 'hash SHA-256', bytes, run: () => provider.hash(Algorithm.SHA_256, data) }];
}

/** Extract and expand, as in RFC 5869's test case 1. */
function derivationOperation(provider: CryptoProvider, bytes: number): OperationGroup {
  const hash = Algorithm.SHA_256;
  const inputKeyingMaterial = provider.secret(filled(22));
  const salt = filled(13);
  const info = filled(10);
  const run = () => {
    const pseudorandomKey = provider.extract(hash, salt, inputKeyingMaterial);
    provider.expand(hash, pseudorandomKey, info, bytes);
    pseudorandomKey.wipe();
  };
  return () => [{ op: 'derive HKDF-SHA-256', bytes, run }];
}

function filled(length: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => i + 1);
}
