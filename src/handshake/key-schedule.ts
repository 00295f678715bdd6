// SPDX-License-Identifier: Apache-2.0

import { CborWriter } from '../cbor/writer.ts';
import { type AeadParameters, algorithmParameters, type HashParameters } from '../crypto/algorithms.ts';
import type { AeadKey, CryptoProvider, Secret } from '../crypto/provider.ts';
import type { Keyring } from './keyring.ts';
import type { Authentication } from './method.ts';
import type { Suite } from './suite.ts';

/** info_label of EDHOC_KDF (RFC 9528 section 4.1.2, figure 6, and appendix H). */
export const KdfLabel = Object.freeze({
  KEYSTREAM_2: 0,
  SALT_3e2m: 1,
  MAC_2: 2,
  K_3: 3,
  IV_3: 4,
  SALT_4e3m: 5,
  MAC_3: 6,
  PRK_out: 7,
  K_4: 8,
  IV_4: 9,
  PRK_exporter: 10,
  keyUpdate: 11,
} as const);

/** The key schedule of one suite (RFC 9528 section 4). PRKs stay behind handles. */
export interface KeySchedule {
  readonly hashLength: number;
  hash(data: Uint8Array): Uint8Array;
  /** EDHOC_Extract. */
  extract(salt: Uint8Array, inputKeyingMaterial: Secret): Secret;
  /** EDHOC_KDF for values that are no keys: key streams, salts, IVs, MACs. */
  expand(prk: Secret, label: number, context: Uint8Array, length: number): Uint8Array;
  /** EDHOC_KDF for keys. */
  expandSecret(prk: Secret, label: number, context: Uint8Array, length: number): Secret;
  /** EDHOC_KDF for the key and IV of one message, bound to the suite's AEAD. */
  messageKey(prk: Secret, keyLabel: number, ivLabel: number, transcript: Uint8Array): MessageKey;
}

/** What one message is sealed or opened with. */
export interface MessageKey {
  readonly key: AeadKey;
  readonly iv: Uint8Array;
}

export function createKeySchedule(provider: CryptoProvider, suite: Suite): KeySchedule {
  const { hash } = suite;
  // The suite table names algorithms of these kinds only.
  const hashLength = (algorithmParameters(hash) as HashParameters).length;
  const { keyLength, nonceLength } = algorithmParameters(suite.aead) as AeadParameters;

  function expand(prk: Secret, label: number, context: Uint8Array, length: number): Uint8Array {
    return provider.expand(hash, prk, encodeInfo(label, context, length), length);
  }

  function expandSecret(prk: Secret, label: number, context: Uint8Array, length: number): Secret {
    return provider.expandSecret(hash, prk, encodeInfo(label, context, length), length);
  }

  return Object.freeze({
    hashLength,
    hash: (data: Uint8Array) => provider.hash(hash, data),
    extract: (salt: Uint8Array, inputKeyingMaterial: Secret) =>
      provider.extract(hash, salt, inputKeyingMaterial),
    expand,
    expandSecret,

    messageKey(prk: Secret, keyLabel: number, ivLabel: number, transcript: Uint8Array): MessageKey {
      const secret = expandSecret(prk, keyLabel, transcript, keyLength);
      const key = provider.aeadKey(suite.aead, secret);
      secret.wipe();
      return { key, iv: expand(prk, ivLabel, transcript, nonceLength) };
    },
  });
}

/** Where an authentication key enters the key schedule (section 4.1.1). */
export interface MixPoint {
  readonly authentication: Authentication;
  readonly prk: Secret;
  /** SALT_3e2m or SALT_4e3m. */
  readonly label: number;
  readonly transcript: Uint8Array;
}

/**
 * Returns PRK_3e2m (from PRK_2e and G_RX) or PRK_4e3m (from PRK_3e2m and G_IY), which `keys` keep. Who signs
 * has no such secret: the PRK stays what it is.
 */
export function mixAuthentication(
  schedule: KeySchedule,
  { authentication, prk, label, transcript }: MixPoint,
  agree: () => Secret,
  keys: Keyring,
): Secret {
  if (authentication === 'signature') return prk;
  const salt = schedule.expand(prk, label, transcript, schedule.hashLength);
  const shared = agree();
  const next = keys.hold(schedule.extract(salt, shared));
  shared.wipe();
  return next;
}

/** info = ( info_label: int, context: bstr, length: uint ) */
function encodeInfo(label: number, context: Uint8Array, length: number): Uint8Array {
  return new CborWriter().integer(label).byteString(context).integer(length).finish();
}
