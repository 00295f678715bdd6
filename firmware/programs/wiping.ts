// SPDX-License-Identifier: Apache-2.0

/** A program for XS: makes one key of each kind whose bytes were never in JavaScript, and ends as it is told. */
import { fromHex } from '../../src/bytes/hex.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { Curve } from '../../src/crypto/curves.ts';
import { createNativeProvider } from '../../src/crypto/native/provider.ts';
import type { PrivateKey, Secret } from '../../src/crypto/provider.ts';
import { cryptoNatives } from '../platform/crypto.ts';
import { heapStatistics } from '../platform/heap.ts';

/** Build-time definitions: what becomes of the key, which kind it is, and of what it is derived. */
declare const ENDING: 'kept' | 'wiped' | 'collected';
declare const KIND: 'secret' | 'aead' | 'wrapped' | 'private' | 'record';
declare const SEED: string;

interface Wipeable {
  wipe(): void;
}

const CCM = Algorithm.AES_CCM_16_64_128;
const NONCE = new Uint8Array(13);
const NOTHING = new Uint8Array(0);
const provider = createNativeProvider(cryptoNatives()!);
const kek = provider.secret(new Uint8Array(16).fill(1));

function derived(length: number): Secret {
  const pseudorandomKey = provider.secret(fromHex(SEED));
  return provider.expandSecret(Algorithm.SHA_256, pseudorandomKey, NOTHING, length);
}

function unwrapped(length: number): Secret {
  const key = derived(length);
  const wrapped = provider.wrap(CCM, kek, NONCE, NOTHING, key);
  key.wipe();
  return provider.unwrap(CCM, kek, NONCE, NOTHING, wrapped)!;
}

function privateKey(): PrivateKey {
  const key = derived(32);
  const wrapped = provider.wrap(CCM, kek, NONCE, NOTHING, key);
  key.wipe();
  const opened = provider.unwrapPrivateKey(CCM, kek, NONCE, NOTHING, Curve.P256, wrapped)!;
  provider.wrap(CCM, kek, NONCE, NOTHING, opened);
  return opened;
}

function aead(): Wipeable {
  const key = derived(16);
  const bound = provider.aeadKey(CCM, key);
  bound.seal(NONCE, NOTHING, NONCE);
  key.wipe();
  return bound;
}

function sender(): Wipeable {
  const key = derived(16);
  const records = provider.records!;
  const direction = {
    algorithm: CCM,
    key,
    baseIv: NONCE,
    kid: Uint8Array.of(1),
    kidContext: undefined,
    maxMessageBytes: 99,
  };
  const made = records.createSender(direction, 0, 100);
  records.reserve(made, 9);
  records.protect(made, NONCE);
  key.wipe();
  return { wipe: () => records.wipe(made) };
}

const KINDS: Readonly<Record<typeof KIND, () => Wipeable>> = {
  secret: () => derived(32),
  wrapped: () => unwrapped(32),
  private: privateKey,
  aead,
  record: sender,
};

const kept: Wipeable[] = [];

function run(): void {
  const key = KINDS[KIND]();
  if (ENDING === 'kept') kept.push(key);
  if (ENDING === 'wiped') key.wipe();
}

run();
// Slots of the stack may still point at it: others take them.
(function fill(depth: number): number {
  return depth === 0 ? 0 : 1 + fill(depth - 1);
})(20);
// What hangs on a weak key goes one collection later.
for (let i = 0; i < 3; i++) heapStatistics();
