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
export const SEAL_AEAD = Algorithm.AES_CCM_16_64_128;
const SECRET = 64;
const PRIVATE_KEY = 128;
const DATA_LENGTH = 63;
const VERSION = 1;
const SALT = 2;
const CIPHERTEXT = 10;

/** Bytes of a record that are neither data nor key. */
export const SEAL_LENGTH = 18;
const MAX_LENGTH = SEAL_LENGTH + MAX_RECORD_CONTENT;

/** The sealing key, in both of its uses. */
export interface Sealer {
  readonly provider: CryptoProvider;
  readonly key: Secret;
  readonly aead: AeadKey;
}

/** Where a record belongs. */
export interface Place {
  readonly life: Uint8Array;
  readonly purpose: number;
  readonly index: number;
}

/** Refuses `tooLong` what has more than 46 bytes of data and key, `badArgument` a private key of another curve. */
export function sealRecord(sealer: Sealer, place: Place, version: number, record: StoredRecord): Uint8Array {
  const { data, privateKey } = record;
  const key = privateKey ?? record.key;
  if (data.length > MAX_RECORD_CONTENT) refuse('tooLong');
  if (privateKey !== undefined && privateKey.curve !== Curve.P256) refuse('badArgument');
  const shape = data.length | (privateKey !== undefined ? PRIVATE_KEY : key !== undefined ? SECRET : 0);
  const head = new Uint8Array(CIPHERTEXT);
  sealer.provider.fillRandom(head);
  head.set([shape, version]);
  const { nonce, aad } = boundTo(place, head);
  const ciphertext =
    key === undefined
      ? sealer.aead.seal(nonce, aad, data)
      : sealer.provider.wrap(SEAL_AEAD, sealer.key, nonce, aad, key, data);
  const sealed = concatBytes(head, ciphertext);
  return sealed.length > MAX_LENGTH ? refuse('tooLong') : sealed;
}

/** The version that a record says it has. It is not verified. */
export function versionOf(bytes: Uint8Array): number {
  return bytes[VERSION]!;
}

/** Returns what is in a record of any version. Undefined where it is none of this place. */
export function openRecord(sealer: Sealer, place: Place, bytes: Uint8Array): StoredRecord | undefined {
  if (bytes.length < SEAL_LENGTH || bytes.length > MAX_LENGTH) return undefined;
  const { nonce, aad } = boundTo(place, bytes);
  const ciphertext = copyBytes(bytes, CIPHERTEXT);
  const shape = bytes[0]!;
  const data = new Uint8Array(shape & DATA_LENGTH);
  const { provider, key, aead } = sealer;
  if (shape < SECRET) {
    const plaintext = aead.open(nonce, aad, ciphertext);
    return plaintext?.length === data.length ? { data: plaintext } : undefined;
  }
  if (shape < PRIVATE_KEY) {
    const secret = provider.unwrap(SEAL_AEAD, key, nonce, aad, ciphertext, data);
    return secret && { data, key: secret };
  }
  const privateKey = provider.unwrapPrivateKey(SEAL_AEAD, key, nonce, aad, Curve.P256, ciphertext, data);
  return privateKey && { data, privateKey };
}

function boundTo({ life, purpose, index }: Place, head: Uint8Array): { nonce: Uint8Array; aad: Uint8Array } {
  const place = Uint8Array.of(FORMAT, purpose, index, head[0]!, head[VERSION]!);
  return { nonce: concatBytes(copyBytes(head, SALT, CIPHERTEXT), place), aad: concatBytes(life, place) };
}
