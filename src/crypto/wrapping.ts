// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import { algorithmParameters } from './algorithms.ts';
import type { Backend, BackendAead } from './backend.ts';
import { curveParameters } from './curves.ts';
import type { Secrets } from './handles.ts';
import type { PrivateKeys } from './private-keys.ts';
import type { KeyWrapping, PrivateKey, Secret } from './provider.ts';

/** Bytes of data and key together: what C has room for. */
export const MAX_WRAPPED_LENGTH = 128;

/** Read alone: a device has it in flash. */
const NOTHING = new Uint8Array(0);

/** What wrapping is made of: one provider's backend and its handles. */
export interface WrappingParts<Material> {
  readonly backend: Backend<Material>;
  readonly secrets: Secrets<Material>;
  readonly privateKeys: PrivateKeys<Material>;
}

/** Checks arguments, once, so that every provider refuses alike. */
export function createWrapping<Material>(parts: WrappingParts<Material>): KeyWrapping {
  const { backend, secrets, privateKeys } = parts;

  /** An AEAD that lives as long as the call. */
  function withAead<Result>(
    algorithm: number,
    kek: Secret,
    nonce: Uint8Array,
    call: (aead: BackendAead<Material>, tagLength: number) => Result,
  ): Result {
    const parameters = algorithmParameters(algorithm);
    const bind = backend.aeads[algorithm];
    if (parameters?.kind !== 'aead' || bind === undefined) return refuse('unsupportedAlgorithm');
    if (nonce.length !== parameters.nonceLength) refuse('badArgument');
    const aead = bind(secrets.keyOf(kek, parameters.keyLength), parameters);
    try {
      return call(aead, parameters.tagLength);
    } finally {
      aead.wipe();
    }
  }

  function open(
    algorithm: number,
    kek: Secret,
    nonce: Uint8Array,
    aad: Uint8Array,
    wrapped: Uint8Array,
    data: Uint8Array,
  ): Material | undefined {
    return withAead(algorithm, kek, nonce, (aead, tagLength) => {
      const length = wrapped.length - tagLength;
      if (length <= data.length || length > MAX_WRAPPED_LENGTH) return undefined;
      return aead.unwrap(nonce, aad, wrapped, data);
    });
  }

  function privateKeyOf(curve: number, material: Material): PrivateKey {
    const { privateKeyLength } = curveParameters(curve)!;
    if (backend.lengthOf(material) !== privateKeyLength) refuse('badArgument');
    return privateKeys.handleTo(
      curve,
      backend.curves[curve]!.importMaterial(material) ?? refuse('badArgument'),
    );
  }

  return {
    wrap(algorithm, kek, nonce, aad, key, data = NOTHING): Uint8Array {
      const isPrivate = 'curve' in key;
      const material = isPrivate ? privateKeys.keyOf(key).copy() : secrets.materialOf(key);
      try {
        const length = backend.lengthOf(material);
        if (length === 0 || data.length + length > MAX_WRAPPED_LENGTH) refuse('badArgument');
        return withAead(algorithm, kek, nonce, (aead) => aead.wrap(nonce, aad, data, material));
      } finally {
        if (isPrivate) backend.wipe(material);
      }
    },

    unwrap(algorithm, kek, nonce, aad, wrapped, data = new Uint8Array(0)): Secret | undefined {
      const material = open(algorithm, kek, nonce, aad, wrapped, data);
      return material && secrets.handleTo(material);
    },

    unwrapPrivateKey(
      algorithm,
      kek,
      nonce,
      aad,
      curve,
      wrapped,
      data = new Uint8Array(0),
    ): PrivateKey | undefined {
      if (backend.curves[curve] === undefined) refuse('unsupportedAlgorithm');
      const material = open(algorithm, kek, nonce, aad, wrapped, data);
      if (material === undefined) return undefined;
      try {
        return privateKeyOf(curve, material);
      } finally {
        backend.wipe(material);
      }
    },
  };
}
