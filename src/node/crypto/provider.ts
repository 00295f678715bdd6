// SPDX-License-Identifier: Apache-2.0

import {
  type CipherCCMTypes,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
} from 'node:crypto';
import {
  type AeadParameters,
  Algorithm,
  algorithmParameters,
  type MacParameters,
} from '../../crypto/algorithms.ts';
import type { Backend, BackendAead, BackendMac, ByteAead } from '../../crypto/backend.ts';
import { overBytes } from '../../crypto/byte-wrapping.ts';
import { createProvider } from '../../crypto/create-provider.ts';
import { guardAead, guardMac } from '../../crypto/handles.ts';
import { overHmac } from '../../crypto/hkdf.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { RecordDirection } from '../../crypto/records.ts';
import { createProtection, type KeyBinder, type Protection } from '../../session/protection.ts';
import { createRecords } from '../../session/records.ts';
import { createCcm } from './ccm.ts';
import { CcmProtection } from './ccm-protection.ts';
import { NODE_CURVES } from './curves.ts';
import { createRandom } from './random.ts';

/** node:crypto, for the gateway and the server. Key bytes lie in OpenSSL's memory, behind KeyObjects. */
export function createNodeProvider(): CryptoProvider {
  return createProvider(BACKEND);
}

const importBytes = (bytes: Uint8Array) => createSecretKey(bytes);
const copyBytes = (material: KeyObject) => bytesOf(material.export());

const AEADS: Backend<KeyObject>['aeads'] = Object.freeze({
  __proto__: null,
  [Algorithm.A128GCM]: aead('aes-128-gcm'),
  [Algorithm.AES_CCM_16_64_128]: ccm,
  [Algorithm.AES_CCM_16_128_128]: ccm,
  [Algorithm.CHACHA20_POLY1305]: aead('chacha20-poly1305'),
} as Backend<KeyObject>['aeads']);

/** As createProvider binds keys, of checked arguments. */
const BINDER: KeyBinder<KeyObject> = Object.freeze({
  aeadKey(algorithm: number, key: KeyObject) {
    const parameters = algorithmParameters(algorithm) as AeadParameters;
    return guardAead(AEADS[algorithm]!(key, parameters), parameters);
  },
  macKey: (algorithm: number, key: KeyObject) =>
    guardMac(createMac(key), algorithmParameters(algorithm) as MacParameters),
});

const BACKEND = Object.freeze<Backend<KeyObject>>({
  name: 'node',
  fillRandom: createRandom(),
  aeads: AEADS,
  curves: NODE_CURVES,
  records: createRecords(protectionOf),
  hkdf: overHmac({ hmacSha256: createMac, importBytes }),
  hmacSha256: createMac,
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  extract: (salt, inputKeyingMaterial) => {
    const bytes = inputKeyingMaterial.export();
    const pseudorandomKey = createSecretKey(createHmac('sha256', salt).update(bytes).digest());
    bytes.fill(0);
    return pseudorandomKey;
  },
  importBytes,
  lengthOf: (material) => material.symmetricKeySize ?? 0,
  // A KeyObject cannot be overwritten: OpenSSL clears its memory once the last reference is gone.
  wipe: () => {},
});

/**
 * An empty array with memory. Of one without, which an empty Uint8Array becomes once its buffer was looked at, Node 20
 * makes no call to OpenSSL: AES-CCM seals no tag then, and verifies none.
 */
const NOTHING = new Uint8Array(1).subarray(1);

/** Arrays of up to so many bytes lie among the engine's objects until node:crypto looks at them, and are moved then. */
const SHORT_BYTES = 64;

/** AES-CCM, whatever the length of the tag. */
function ccm(material: KeyObject, { tagLength }: AeadParameters): BackendAead<KeyObject> {
  return overBytes(createCcm(material, tagLength), { importBytes, copyBytes });
}

/** Of AES-CCM its own, of the others what there is for every provider. */
function protectionOf(direction: RecordDirection<KeyObject>): Protection {
  const parameters = algorithmParameters(direction.algorithm);
  if (parameters?.kind === 'aead' && AEADS[direction.algorithm] === ccm)
    return new CcmProtection(direction, parameters.tagLength);
  return createProtection(BINDER, direction);
}

function aead(name: 'aes-128-gcm' | 'chacha20-poly1305'): Backend<KeyObject>['aeads'][number] {
  // The others take CCM's options as well, and ignore plaintextLength.
  const cipherName = name as CipherCCMTypes;
  return (material, { tagLength }) =>
    overBytes(createAead(cipherName, material, tagLength), { importBytes, copyBytes });
}

function createAead(cipherName: CipherCCMTypes, material: KeyObject, authTagLength: number): ByteAead {
  let key: KeyObject | undefined = material;
  const options = Object.freeze({ authTagLength });
  const short = new Uint8Array(SHORT_BYTES + 1);

  /** Returns the same bytes, borrowed until the next call, in memory that stays where it is. */
  function withMemory(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length === 0) return NOTHING;
    if (length > SHORT_BYTES) return bytes;
    short.set(bytes);
    return short.subarray(0, length);
  }

  return Object.freeze({
    seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
      const length = plaintext.length;
      const cipher = createCipheriv(cipherName, key!, nonce, options);
      cipher.setAAD(aad, { plaintextLength: length });
      const sealed = new Uint8Array(length + authTagLength);
      sealed.set(cipher.update(withMemory(plaintext)));
      cipher.final();
      sealed.set(cipher.getAuthTag(), length);
      return sealed;
    },
    open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
      const length = ciphertext.length - authTagLength;
      const decipher = createDecipheriv(cipherName, key!, nonce, options);
      decipher.setAuthTag(ciphertext.subarray(length));
      decipher.setAAD(aad, { plaintextLength: length });
      try {
        // CCM verifies in update, the others in final. Both have to have passed before bytes leave.
        const plaintext = decipher.update(length === 0 ? NOTHING : ciphertext.subarray(0, length));
        decipher.final();
        return bytesOf(plaintext);
      } catch {
        return undefined;
      }
    },
    wipe(): void {
      key = undefined;
      short.fill(0);
    },
  });
}

/** A Buffer's slices are views, others' are copies. The memory is its own: node:crypto makes it for each result. */
function bytesOf({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

function createMac(material: KeyObject): BackendMac {
  let key: KeyObject | undefined = material;
  return Object.freeze({
    compute: (data: Uint8Array) => new Uint8Array(createHmac('sha256', key!).update(data).digest()),
    wipe(): void {
      key = undefined;
    },
  });
}
