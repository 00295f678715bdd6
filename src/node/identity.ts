// SPDX-License-Identifier: Apache-2.0

/**
 * Who a gateway or a server is: a P-256 key and a credential, made at the first start and kept in a file:
 *
 *     identity = [version: 1, private-key: bstr .size 32, own: bstr .cbor ccs]
 *
 * It is never made again while there is one, no other user may read it, and it is sealed where there is a key for that
 * (sealing-key.ts).
 */
import { equalBytes } from '../bytes/compare.ts';
import { CborReader } from '../cbor/reader.ts';
import { CborWriter } from '../cbor/writer.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ccsCredential, encodeCcs, type Identity } from '../handshake/credential.ts';
import { refuse } from '../refusal.ts';
import type { SealingKey } from './sealing-key.ts';
import { readSecret, writeSecret } from './secret-file.ts';

const VERSION = 1;
const PRIVATE_KEY_BYTES = 32;
/** So that few of all that one end knows share a reference (`maxCandidates`). */
const KID_BYTES = 3;

export interface NewIdentity extends Identity {
  /** Whoever has it wipes it. */
  readonly privateKeyBytes: Uint8Array;
}

/** A P-256 private key is any number from 1 to the order of the group: of 32 random bytes nearly all are. */
export function newIdentity(provider: CryptoProvider, subject: string, kid = newKid(provider)): NewIdentity {
  const privateKeyBytes = new Uint8Array(PRIVATE_KEY_BYTES);
  provider.fillRandom(privateKeyBytes);
  const privateKey = provider.privateKey(Curve.P256, privateKeyBytes);
  const { curve, publicKey } = privateKey;
  const credential = ccsCredential(encodeCcs({ curve, publicKey, kid }, subject));
  return { privateKey, privateKeyBytes, credential };
}

/** Opens the identity in a file, or makes one for `subject` where there is no such file. Throws what to do about it. */
export function openIdentity(
  provider: CryptoProvider,
  path: string,
  subject: string,
  key?: SealingKey,
): Identity {
  const bytes = readSecret(path, key) ?? makeFile(provider, path, subject, key);
  try {
    return decodeIdentity(provider, bytes);
  } catch (error) {
    throw new Error(`${path} holds no identity (${(error as Error).message}): restore it from a copy`);
  } finally {
    bytes.fill(0);
  }
}

function newKid(provider: CryptoProvider): Uint8Array {
  const kid = new Uint8Array(KID_BYTES);
  provider.fillRandom(kid);
  return kid;
}

function makeFile(
  provider: CryptoProvider,
  path: string,
  subject: string,
  key: SealingKey | undefined,
): Uint8Array {
  const { privateKeyBytes, credential } = newIdentity(provider, subject);
  const bytes = new CborWriter()
    .array(3)
    .integer(VERSION)
    .byteString(privateKeyBytes)
    .byteString(credential.cred)
    .finish();
  privateKeyBytes.fill(0);
  writeSecret(path, bytes, key);
  return bytes;
}

function decodeIdentity(provider: CryptoProvider, bytes: Uint8Array): Identity {
  const reader = new CborReader(bytes);
  if (reader.array() !== 3 || reader.unsigned() !== VERSION) refuse('recordInvalid');
  const privateKey = provider.privateKey(Curve.P256, reader.byteString());
  const credential = ccsCredential(reader.byteString());
  reader.end();
  if (!equalBytes(privateKey.publicKey, credential.publicKey)) refuse('credentialInvalid');
  return { privateKey, credential };
}
