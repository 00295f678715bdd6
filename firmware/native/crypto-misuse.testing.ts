// SPDX-License-Identifier: Apache-2.0

import * as assert from 'uvu/assert';
import { withHead } from '../../src/bytes/copy.ts';
import { pattern } from '../../src/crypto/check.testing.ts';
import type { CryptoNatives } from '../../src/crypto/native/natives.ts';
import { cryptoNatives } from '../platform/crypto.ts';

export const P256 = 1;

export const HMAC_8 = 4;

export const CCM_8 = 10;

/** More than the key store of mbedTLS 2.28 has places. */
export const MANY = 200;

export const natives = cryptoNatives()!;

/** As a caller sees them that TypeScript does not hold back. */
export const untyped = natives as unknown as Record<keyof CryptoNatives, (...values: unknown[]) => unknown>;

export const secret = natives.secret(pattern(32, 1));

export const aeadKey = natives.aeadKey(natives.secret(pattern(16, 2)), CCM_8);

export const macKey = natives.macKey(secret);

export const privateKey = natives.privateKey(P256, pattern(32, 3), new Uint8Array(64));

export const [sender, recipient] = [createSender(), createRecipient()];

export const [nonce, aad, plaintext] = [pattern(13, 4), pattern(20, 5), pattern(24, 6)];

export const sealed = new Uint8Array(32);

natives.seal(aeadKey, nonce, aad, plaintext, sealed);

export const record = natives.protect(sender, plaintext) as Uint8Array;

export function createSender() {
  const key = natives.secret(pattern(16, 2));
  const sender = natives.sender(key, CCM_8, pattern(13, 4), pattern(1, 1), undefined, 99, 1, 999);
  natives.reserve(sender, 900);
  return sender;
}

export function ignore(): void {}

/** Of what such a sender makes. */
export function createRecipient() {
  const key = natives.secret(pattern(16, 2));
  return natives.recipient(key, CCM_8, pattern(13, 4), pattern(1, 1), undefined, 99, -1, 0, 0, 9);
}

/** A right call of each function. */
export const CALLS: Readonly<Record<keyof CryptoNatives, () => unknown[]>> = {
  random: () => [new Uint8Array(8)],
  hash: () => [plaintext, new Uint8Array(32)],
  secret: () => [plaintext],
  length: () => [secret],
  wipe: () => [natives.secret(plaintext)],
  aeadKey: () => [natives.secret(pattern(16, 2)), CCM_8],
  seal: () => [aeadKey, nonce, aad, plaintext, new Uint8Array(32)],
  open: () => [aeadKey, nonce, aad, sealed, new Uint8Array(24)],
  wrap: () => [aeadKey, nonce, aad, plaintext, secret, new Uint8Array(64)],
  unwrap: () => [aeadKey, nonce, aad, sealed, new Uint8Array(23)],
  macKey: () => [secret],
  mac: () => [macKey, plaintext, new Uint8Array(32)],
  extract: () => [plaintext, secret],
  expand: () => [secret, plaintext, new Uint8Array(42)],
  expandSecret: () => [secret, plaintext, 42],
  privateKey: () => [P256, pattern(32, 3), new Uint8Array(64)],
  privateKeyOf: () => [P256, secret, new Uint8Array(64)],
  privateSecret: () => [privateKey],
  generateKey: () => [P256, new Uint8Array(64)],
  agree: () => [privateKey, pattern(32, 7)],
  decompress: () => [pattern(32, 7), 0, new Uint8Array(64)],
  sign: () => [privateKey, plaintext, new Uint8Array(64)],
  verify: () => [pattern(64, 8), plaintext, new Uint8Array(64)],
  sender: () => [natives.secret(pattern(16, 2)), CCM_8, pattern(13, 4), pattern(1, 1), undefined, 99, 0, 999],
  next: () => [sender],
  reserve: () => [sender, 900],
  refusal: () => [sender, 24],
  protect: () => [sender, plaintext],
  protectInto: () => [sender, plaintext, new Uint8Array(40)],
  recipient: () => [
    natives.secret(pattern(16, 2)),
    CCM_8,
    pattern(13, 4),
    pattern(1, 1),
    undefined,
    99,
    -1,
    0,
    0,
    9,
  ],
  protectNested: () => [sender, 2, createSender(), 4, plaintext],
  unprotectNested: () => [
    createRecipient(),
    withHead(2, 1, record),
    createRecipient(),
    4,
    ignore,
    ignore,
    ignore,
  ],
  unprotect: () => [createRecipient(), record],
  highest: () => [recipient],
  seen: () => [recipient],
  failed: () => [recipient],
};

export const NAMES = Object.keys(CALLS) as (keyof CryptoNatives)[];

export function throws(name: keyof CryptoNatives, values: readonly unknown[], message: string): void {
  assert.throws(() => untyped[name](...values), undefined, `${name}: ${message}`);
}

/** The call with each of its arguments replaced that `wants` chooses. */
export function replaced(
  name: keyof CryptoNatives,
  wants: (value: unknown) => boolean,
  replacement: (value: never) => unknown,
): unknown[][] {
  const values = CALLS[name]();
  return values.flatMap((value, index) => {
    if (!wants(value)) return [];
    const changed = CALLS[name]();
    changed[index] = replacement(changed[index] as never);
    return [changed];
  });
}

/** The call with one argument replaced. */
export function changed(name: keyof CryptoNatives, index: number, value: unknown): unknown[] {
  const values = CALLS[name]();
  values[index] = value;
  return values;
}

export const isBytes = (value: unknown) => value instanceof Uint8Array;

export const isHandle = (value: unknown) => typeof value === 'object' && !isBytes(value);
