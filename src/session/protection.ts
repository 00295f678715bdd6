// SPDX-License-Identifier: Apache-2.0

import { ByteWriter } from '../bytes/writer.ts';
import { Major, writeHead } from '../cbor/head.ts';
import { encStructure, macStructure } from '../cose/structure.ts';
import { algorithmParameters } from '../crypto/algorithms.ts';
import type { AeadKey, MacKey } from '../crypto/provider.ts';
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
  /** Writes the body of a record, tag and all, from `at`. */
  seal(sequence: number, plaintext: Uint8Array, record: Uint8Array, at: number): void;
  /** Returns the plaintext of the body from `at` on, or undefined where that, at least a tag long, does not verify. */
  open(sequence: number, record: Uint8Array, at: number): Uint8Array | undefined;
  /** Wipes the key. Later calls are refused with `keyWiped`. */
  wipe(): void;
}

/** Head of a CBOR byte string of up to 65,535 bytes. */
const MAX_HEAD_BYTES = 3;

/** What makes AEADs and MACs of keys: a provider, or what one is made of. */
export interface KeyBinder<Key> {
  aeadKey(algorithm: number, key: Key): AeadKey;
  macKey(algorithm: number, key: Key): MacKey;
}

/** Binds the key of a direction to what its algorithm does. The caller's key stays the caller's to wipe. */
export function createProtection<Key>(binder: KeyBinder<Key>, direction: RecordDirection<Key>): Protection {
  const parameters = algorithmParameters(direction.algorithm);
  if (parameters === undefined || parameters.kind === 'hash') return refuse('unsupportedAlgorithm');
  return parameters.kind === 'aead'
    ? createEncryption(binder, direction, parameters.tagLength)
    : createAuthentication(binder, direction, parameters.tagLength);
}

/** Body = ciphertext ‖ tag of a COSE_Encrypt0 (RFC 8613 section 5). */
function createEncryption<Key>(
  binder: KeyBinder<Key>,
  { algorithm, key: secret, kid, baseIv }: RecordDirection<Key>,
  tagLength: number,
): Protection {
  const key = binder.aeadKey(algorithm, secret);
  const base = baseIv.slice();
  const noProtected = new Uint8Array(0);
  const aad = createAadTemplate(algorithm, kid, (array) => encStructure(noProtected, array));
  const scratch = new Uint8Array(base.length);

  return {
    tagLength,
    failure: 'decryptionFailure',
    seal(sequence, plaintext, record, at) {
      record.set(key.seal(nonce(base, sequence, scratch), aad(sequence), plaintext), at);
    },
    open: (sequence, record, at) =>
      key.open(nonce(base, sequence, scratch), aad(sequence), record.subarray(at)),
    wipe() {
      key.wipe();
      base.fill(0);
      scratch.fill(0);
    },
  };
}

/** Body = payload ‖ tag of a COSE_Mac0 whose external_aad is RFC 8613's. */
function createAuthentication<Key>(
  binder: KeyBinder<Key>,
  { algorithm, key: secret, kid }: RecordDirection<Key>,
  tagLength: number,
): Protection {
  const key = binder.macKey(algorithm, secret);
  const start = createAadTemplate(algorithm, kid, macStructureStart);

  function toMac(sequence: number, payload: Uint8Array): Uint8Array {
    const beginning = start(sequence);
    const writer = new ByteWriter(beginning.length + MAX_HEAD_BYTES + payload.length);
    writer.bytes(beginning);
    writeHead(writer, Major.byteString, payload.length);
    writer.bytes(payload);
    return writer.finish();
  }

  return {
    tagLength,
    failure: 'integrityFailure',
    seal(sequence, payload, record, at) {
      record.set(payload, at);
      record.set(key.compute(toMac(sequence, payload)), at + payload.length);
    },
    open(sequence, record, at) {
      const payload = record.subarray(at, record.length - tagLength);
      const verified = key.verify(toMac(sequence, payload), record.subarray(record.length - tagLength));
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
