// SPDX-License-Identifier: Apache-2.0

import { refuse } from '../refusal.ts';
import type { AeadParameters, MacParameters } from './algorithms.ts';
import type { Backend, BackendMac, ByteAead } from './backend.ts';
import type { AeadKey, MacKey, Secret } from './provider.ts';
import { tagMatches } from './tag.ts';

export interface Secrets<Material> {
  handleTo(material: Material): Secret;
  /** Refuses a handle of another provider (`badArgument`) and a wiped one (`keyWiped`). */
  materialOf(secret: Secret): Material;
  /** The same, and refuses material of any other length. */
  keyOf(secret: Secret, length: number): Material;
}

/** Keeps the material of one provider's handles where only that provider finds it. */
export function createSecrets<Material>(
  backend: Pick<Backend<Material>, 'lengthOf' | 'wipe'>,
): Secrets<Material> {
  const materials = new WeakMap<Secret, { material: Material | undefined }>();

  function handleTo(material: Material): Secret {
    const entry: { material: Material | undefined } = { material };
    const secret = Object.freeze({
      wipe(): void {
        if (entry.material === undefined) return;
        backend.wipe(entry.material);
        entry.material = undefined;
      },
    });
    materials.set(secret, entry);
    return secret;
  }

  function materialOf(secret: Secret): Material {
    const entry = materials.get(secret);
    if (entry === undefined) return refuse('badArgument');
    return entry.material ?? refuse('keyWiped');
  }

  function keyOf(secret: Secret, length: number): Material {
    const material = materialOf(secret);
    if (backend.lengthOf(material) !== length) refuse('badArgument');
    return material;
  }

  return Object.freeze({ handleTo, materialOf, keyOf });
}

/** Checks lengths and wiping before an AEAD sees the arguments. */
export function guardAead(aead: ByteAead, parameters: AeadParameters): AeadKey {
  const { nonceLength, tagLength, maxPlaintextLength } = parameters;
  let wiped = false;
  return Object.freeze({
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      if (wiped) refuse('keyWiped');
      if (nonce.length !== nonceLength || plaintext.length > maxPlaintextLength) refuse('badArgument');
      return aead.seal(nonce, aad, plaintext);
    },
    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      if (wiped) refuse('keyWiped');
      if (nonce.length !== nonceLength) refuse('badArgument');
      const plaintextLength = ciphertext.length - tagLength;
      if (plaintextLength < 0 || plaintextLength > maxPlaintextLength) return undefined;
      return aead.open(nonce, aad, ciphertext);
    },
    wipe(): void {
      if (wiped) return;
      wiped = true;
      aead.wipe();
    },
  });
}

/** Truncates, compares in constant time, and checks wiping around an HMAC. */
export function guardMac(mac: BackendMac, parameters: MacParameters): MacKey {
  const { tagLength } = parameters;
  let wiped = false;
  function compute(data: Uint8Array): Uint8Array {
    if (wiped) refuse('keyWiped');
    const full = mac.compute(data);
    return tagLength === full.length ? full : full.slice(0, tagLength);
  }
  return Object.freeze({
    compute,
    verify(data: Uint8Array, tag: Uint8Array): boolean {
      const expected = compute(data);
      return tag.length === tagLength && tagMatches(expected, tag, 0);
    },
    wipe(): void {
      if (wiped) return;
      wiped = true;
      mac.wipe();
    },
  });
}
