// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { Algorithm, algorithmParameters } from './algorithms.ts';
import { createAsymmetric } from './asymmetric.ts';
import type { Backend } from './backend.ts';
import { createSecrets, guardAead, guardMac } from './handles.ts';
import { SHA_256_LENGTH } from './hkdf.ts';
import { createPrivateKeys } from './private-keys.ts';
import type { AeadKey, CryptoProvider, MacKey, Secret } from './provider.ts';
import type { RecordDirection, RecordProvider } from './records.ts';
import { createWrapping } from './wrapping.ts';

/** RFC 5869 section 2.3: L <= 255 * HashLen. */
const MAX_EXPANDED_LENGTH = 255 * SHA_256_LENGTH;

/** Makes a provider of a backend. Arguments are checked here, once, so that every provider refuses alike. */
export function createProvider<Material>(backend: Backend<Material>): CryptoProvider {
  const secrets = createSecrets(backend);
  const privateKeys = createPrivateKeys<Material>();
  const secret = (bytes: Uint8Array) => secrets.handleTo(backend.importBytes(bytes));

  function pseudorandomKeyOf(hash: number, pseudorandomKey: Secret, length: number): Material {
    requireSha256(hash);
    const material = secrets.materialOf(pseudorandomKey);
    // RFC 5869 section 2.3: the PRK has at least HashLen bytes. A key or IV without bytes is a mistake.
    if (backend.lengthOf(material) < SHA_256_LENGTH) refuse('badArgument');
    if (!Number.isInteger(length) || length < 1 || length > MAX_EXPANDED_LENGTH) refuse('badArgument');
    return material;
  }

  function recordKeyOf(direction: RecordDirection): RecordDirection<Material> {
    const parameters = algorithmParameters(direction.algorithm);
    if (parameters === undefined || parameters.kind === 'hash') return refuse('unsupportedAlgorithm');
    return { ...direction, key: secrets.keyOf(direction.key, parameters.keyLength) };
  }

  function overSecrets(records: RecordProvider<Material>): RecordProvider {
    return Object.freeze({
      ...records,
      createSender: (direction, firstSequenceNumber, maxSealed) =>
        records.createSender(recordKeyOf(direction), firstSequenceNumber, maxSealed),
      createRecipient: (direction, state, maxFailed) =>
        records.createRecipient(recordKeyOf(direction), state, maxFailed),
    } satisfies RecordProvider);
  }

  const { rootKey } = backend;

  return Object.freeze({
    ...createAsymmetric({
      fillRandom: backend.fillRandom,
      curves: backend.curves,
      secretOf: secrets.handleTo,
      privateKeys,
    }),
    ...createWrapping({ backend, secrets, privateKeys }),
    name: backend.name,
    ...(backend.records !== undefined && { records: overSecrets(backend.records) }),
    ...(rootKey !== undefined && { rootKey: () => secrets.handleTo(rootKey()) }),
    fillRandom: backend.fillRandom,
    secret,

    supports(algorithm: number): boolean {
      const parameters = algorithmParameters(algorithm);
      if (parameters === undefined) return false;
      return parameters.kind !== 'aead' || backend.aeads[algorithm] !== undefined;
    },

    hash(algorithm: number, data: Uint8Array): Uint8Array {
      requireSha256(algorithm);
      return backend.sha256(data);
    },

    extract(hash: number, salt: Uint8Array, inputKeyingMaterial: Secret): Secret {
      requireSha256(hash);
      return secrets.handleTo(backend.extract(salt, secrets.materialOf(inputKeyingMaterial)));
    },

    expand(hash: number, pseudorandomKey: Secret, info: Uint8Array, length: number): Uint8Array {
      return backend.hkdf.expand(pseudorandomKeyOf(hash, pseudorandomKey, length), info, length);
    },

    expandSecret(hash: number, pseudorandomKey: Secret, info: Uint8Array, length: number): Secret {
      const material = pseudorandomKeyOf(hash, pseudorandomKey, length);
      return secrets.handleTo(backend.hkdf.expandMaterial(material, info, length));
    },

    aeadKey(algorithm: number, secret: Secret): AeadKey {
      const parameters = algorithmParameters(algorithm);
      const bind = backend.aeads[algorithm];
      if (parameters?.kind !== 'aead' || bind === undefined) return refuse('unsupportedAlgorithm');
      return guardAead(bind(secrets.keyOf(secret, parameters.keyLength), parameters), parameters);
    },

    macKey(algorithm: number, secret: Secret): MacKey {
      const parameters = algorithmParameters(algorithm);
      if (parameters?.kind !== 'mac') return refuse('unsupportedAlgorithm');
      return guardMac(backend.hmacSha256(secrets.keyOf(secret, parameters.keyLength)), parameters);
    },
  });
}

function requireSha256(algorithm: number): void {
  if (algorithm !== Algorithm.SHA_256) refuse('unsupportedAlgorithm');
}
