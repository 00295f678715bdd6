// SPDX-License-Identifier: Apache-2.0

/**
 * The key that seals what a gateway or a server keeps secret in its folder, and that lies elsewhere: 32 bytes, or 64
 * hexadecimal digits, in a file, an environment variable or a credential of systemd.
 *
 *     sealed = 'pne-sealed-1' nonce (13) ciphertext tag (16)      AES-CCM-16-128-128, AAD = name of the file
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider } from '../crypto/provider.ts';

const KEY_BYTES = 32;
const KEK_BYTES = 16;
const NONCE_BYTES = 13;
const HEAD = encodeUtf8('pne-sealed-1');
const LABEL = encodeUtf8('pne-runtime sealing key');
const AEAD = Algorithm.AES_CCM_16_128_128;

export interface SealingKey {
  seal(name: string, bytes: Uint8Array): Uint8Array;
  /** Undefined where it was sealed under another key, for another file, or is damaged. */
  open(name: string, sealed: Uint8Array): Uint8Array | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function isSealed(bytes: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, HEAD.length), HEAD);
}

/** `where`: a path, `env:NAME` or `credential:NAME`; '' for none. Throws what to do where there is no such key. */
export function readSealingKey(
  provider: CryptoProvider,
  where: string,
  environment: Environment,
): SealingKey | undefined {
  if (where === '') return undefined;
  const found = find(where, environment);
  const bytes = found.length === KEY_BYTES ? found : digitsIn(found);
  if (bytes?.length !== KEY_BYTES)
    throw new Error(`--sealing-key ${where} is no key: it takes 32 random bytes, or 64 hexadecimal digits`);
  const root = provider.secret(bytes);
  found.fill(0);
  bytes.fill(0);
  const kek = provider.expandSecret(Algorithm.SHA_256, root, LABEL, KEK_BYTES);
  root.wipe();
  const aead = provider.aeadKey(AEAD, kek);
  return {
    seal(name, plain): Uint8Array {
      const nonce = new Uint8Array(NONCE_BYTES);
      provider.fillRandom(nonce);
      return concatBytes(HEAD, nonce, aead.seal(nonce, encodeUtf8(name), plain));
    },
    open(name, sealed): Uint8Array | undefined {
      const [nonce, body] = [HEAD.length, HEAD.length + NONCE_BYTES];
      if (!isSealed(sealed) || sealed.length < body) return undefined;
      return aead.open(sealed.subarray(nonce, body), encodeUtf8(name), sealed.subarray(body));
    },
  };
}

function find(where: string, environment: Environment): Uint8Array {
  const [, kind, name = ''] = /^(env|credential):(.+)$/.exec(where) ?? [];
  if (kind === 'env') return encodeUtf8(environment[name] ?? missing(where, `there is no variable ${name}`));
  const folder = environment.CREDENTIALS_DIRECTORY;
  if (kind === 'credential' && folder === undefined)
    return missing(where, 'there is no CREDENTIALS_DIRECTORY: give the unit LoadCredential=');
  try {
    if (kind === undefined && (statSync(where).mode & 0o077) !== 0)
      return missing(where, `other users can read it: chmod 600 ${where}`);
    return Uint8Array.from(readFileSync(kind === 'credential' ? join(folder!, name) : where));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return missing(where, message);
  }
}

function missing(where: string, why: string): never {
  throw new Error(`--sealing-key ${where} cannot be read: ${why}`);
}

/** One end of a line may follow. */
function digitsIn(bytes: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(bytes).toString('latin1').replace(/\n$/, '');
  return /^[0-9a-f]{64}$/i.test(text) ? fromHex(text) : undefined;
}
