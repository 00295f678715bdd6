// SPDX-License-Identifier: Apache-2.0

import { ByteWriter } from '../bytes/writer.ts';
import { Major, writeHead } from '../cbor/head.ts';
import { encStructure, macStructure } from '../cose/structure.ts';
import { algorithmParameters } from '../crypto/algorithms.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { RecordDirection } from '../crypto/records.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import { createAadTemplate } from './aad.ts';
import { nonce } from './nonce.ts';

/** What a record's body is protected with, in one direction: the only thing in which the modes differ. */
export interface Protection {
  /** Bytes of the tag at the end of a body. */
  readonly tagLength: number;
  /** Why a body that does not verify is refused. */
  readonly failure: ReasonName;
  /** Returns the body of a record. */
  seal(partialIv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Returns the plaintext, or undefined where the body, at least a tag long, does not verify. */
  open(partialIv: Uint8Array, body: Uint8Array): Uint8Array | undefined;
  /** Wipes the key. Later calls are refused with `keyWiped`. */
  wipe(): void;
}

/** Head of a CBOR byte string of up to 65,535 bytes. */
const MAX_HEAD_BYTES = 3;

/** Binds the key of a direction to what its algorithm does. The caller's key stays the caller's to wipe. */
export function createProtection(provider: CryptoProvider, direction: RecordDirection): Protection {
  const parameters = algorithmParameters(direction.algorithm);
  if (parameters === undefined || parameters.kind === 'hash') return refuse('unsupportedAlgorithm');
  return parameters.kind === 'aead'
    ? createEncryption(provider, direction, parameters.tagLength)
    : createAuthentication(provider, direction, parameters.tagLength);
}

/** Body = ciphertext ‖ tag of a COSE_Encrypt0 (RFC 8613 section 5). */
function createEncryption(
  provider: CryptoProvider,
  { algorithm, key: secret, kid, baseIv }: RecordDirection,
  tagLength: number,
): Protection {
  const key = provider.aeadKey(algorithm, secret);
  const base = baseIv.slice();
  const noProtected = new Uint8Array(0);
  const aad = createAadTemplate(algorithm, kid, (array) => encStructure(noProtected, array));
  const scratch = new Uint8Array(base.length);

  return {
    tagLength,
    failure: 'decryptionFailure',
    seal: (partialIv, plaintext) => key.seal(nonce(base, partialIv, scratch), aad(partialIv), plaintext),
    open: (partialIv, body) => key.open(nonce(base, partialIv, scratch), aad(partialIv), body),
    wipe() {
      key.wipe();
      base.fill(0);
      scratch.fill(0);
    },
  };
}

/** Body = payload ‖ tag of a COSE_Mac0 whose external_aad is RFC 8613's. */
function createAuthentication(
  provider: CryptoProvider,
  { algorithm, key: secret, kid }: RecordDirection,
  tagLength: number,
): Protection {
  const key = provider.macKey(algorithm, secret);
  const start = createAadTemplate(algorithm, kid, macStructureStart);

  function toMac(partialIv: Uint8Array, payload: Uint8Array): Uint8Array {
    const beginning = start(partialIv);
    const writer = new ByteWriter(beginning.length + MAX_HEAD_BYTES + payload.length);
    writer.bytes(beginning);
    writeHead(writer, Major.byteString, payload.length);
    writer.bytes(payload);
    return writer.finish();
  }

  return {
    tagLength,
    failure: 'integrityFailure',
    seal(partialIv, payload) {
      const body = new Uint8Array(payload.length + tagLength);
      body.set(payload);
      body.set(key.compute(toMac(partialIv, payload)), payload.length);
      return body;
    },
    open(partialIv, body) {
      const payload = body.subarray(0, body.length - tagLength);
      const verified = key.verify(toMac(partialIv, payload), body.subarray(payload.length));
      return verified ? payload.slice() : undefined;
    },
    wipe: () => key.wipe(),
  };
}

/** The MAC_structure up to its payload. */
function macStructureStart(aadArray: Uint8Array): Uint8Array {
  const none = new Uint8Array(0);
  return macStructure(none, aadArray, none).slice(0, -1);
}
