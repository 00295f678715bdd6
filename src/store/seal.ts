// SPDX-License-Identifier: Apache-2.0

/**
 * A sealed record, 64 bytes at most:
 *
 *     shape (1) | version (1) | salt (8) | ciphertext of data and key | tag (8)
 *
 *     place = format (1) | purpose (1) | index (1) | shape (1) | version (1)
 *     nonce = salt | place        AAD = life | place
 *
 * `shape` is the length of the data, and 64 more where a secret lies behind it, 128 more where that is a private key of
 * P-256. The salt is random. `life` is drawn when a store is made: records of one that was erased are none of the next.
 */
import { concatBytes } from '../bytes/compare.ts';
import { copyBytes } from '../bytes/copy.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import { Curve } from '../crypto/curves.ts';
import type { AeadKey, CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { MAX_RECORD_CONTENT, type StoredRecord } from './store.ts';

const FORMAT = 1;
const AEAD = Algorithm.AES_CCM_16_64_128;
const SECRET = 64;
const PRIVATE_KEY = 128;
const DATA_LENGTH = 63;
const SALT = 2;
const CIPHERTEXT = 10;
const TAG_LENGTH = 8;

/** Bytes of a record that are neither data nor key. */
export const SEAL_LENGTH = 18;

export interface Sealer {
  readonly provider: CryptoProvider;
  readonly key: Secret;
  readonly life: Uint8Array;
}

/** Refuses `tooLong` what has more than 46 bytes of data and key, `badArgument` a private key of another curve. */
export function sealRecord(
  { provider, key, life }: Sealer,
  purpose: number,
  index: number,
  version: number,
  { data, key: secret, privateKey }: StoredRecord,
): Uint8Array {
  if (data.length > MAX_RECORD_CONTENT) refuse('tooLong');
  if (privateKey !== undefined && privateKey.curve !== Curve.P256) refuse('badArgument');
  const shape = data.length | (privateKey !== undefined ? PRIVATE_KEY : secret !== undefined ? SECRET : 0);
  const place = Uint8Array.of(FORMAT, purpose, index, shape, version);
  const salt = new Uint8Array(CIPHERTEXT - SALT);
  provider.fillRandom(salt);
  const nonce = concatBytes(salt, place);
  const aad = concatBytes(life, place);
  const held = privateKey ?? secret;
  const ciphertext =
    held === undefined
      ? withAead(provider, key, (aead) => aead.seal(nonce, aad, data))
      : provider.wrap(AEAD, key, nonce, aad, held, data);
  if (ciphertext.length > MAX_RECORD_CONTENT + TAG_LENGTH) refuse('tooLong');
  return concatBytes(Uint8Array.of(shape, version), salt, ciphertext);
}

/** The version that a record says it has. It is not verified. */
export function versionOf(bytes: Uint8Array): number {
  return bytes[1]!;
}

/** Returns what is in a record of any version. Undefined where it is none of this place. */
export function openRecord(
  { provider, key, life }: Sealer,
  purpose: number,
  index: number,
  bytes: Uint8Array,
): StoredRecord | undefined {
  if (bytes.length < SEAL_LENGTH || bytes.length > SEAL_LENGTH + MAX_RECORD_CONTENT) return undefined;
  const shape = bytes[0]!;
  const place = Uint8Array.of(FORMAT, purpose, index, shape, versionOf(bytes));
  const nonce = concatBytes(copyBytes(bytes, SALT, CIPHERTEXT), place);
  const aad = concatBytes(life, place);
  const ciphertext = copyBytes(bytes, CIPHERTEXT);
  const length = shape & DATA_LENGTH;
  if (shape < SECRET) {
    const data = withAead(provider, key, (aead) => aead.open(nonce, aad, ciphertext));
    return data?.length === length ? { data } : undefined;
  }
  const data = new Uint8Array(length);
  if (shape & PRIVATE_KEY) {
    const privateKey = provider.unwrapPrivateKey(AEAD, key, nonce, aad, Curve.P256, ciphertext, data);
    return privateKey && { data, privateKey };
  }
  const secret = provider.unwrap(AEAD, key, nonce, aad, ciphertext, data);
  return secret && { data, key: secret };
}

function withAead<Result>(provider: CryptoProvider, key: Secret, call: (aead: AeadKey) => Result): Result {
  const aead = provider.aeadKey(AEAD, key);
  try {
    return call(aead);
  } finally {
    aead.wipe();
  }
}
