// SPDX-License-Identifier: Apache-2.0

/**
 * The power-on self-test: a known answer for each algorithm that the provider carries, a random source that
 * moves, a store that keeps, and a stack as deep as a PNE needs.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { Curve, SignatureAlgorithm } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { type ReasonName, refuse } from '../../src/refusal.ts';
import type { Store } from '../platform/store.ts';
import {
  AEAD_ANSWERS,
  type AeadAnswer,
  AGREEMENT_ANSWERS,
  type AgreementAnswer,
  DERIVATION_ANSWER,
  HASH_ANSWER,
  MAC_ANSWER,
  SIGNATURE_ANSWER,
} from './answers.ts';

export interface SelfTestParts {
  readonly provider: CryptoProvider;
  readonly store: Store;
  /** Takes one line a check, when it has passed. */
  print(line: string): void;
}

/** Calls that a PNE nests, with room to spare. One takes about ten slots of the engine's stack. */
const STACK_CALLS = 40;
const RANDOM_BYTES = 32;
const STORE_KEY = 'self-test';

const CHECKS: readonly [name: string, reason: ReasonName, passes: (parts: SelfTestParts) => boolean][] = [
  ['hash', 'selfTestHash', ({ provider }) => hashes(provider)],
  ['mac', 'selfTestMac', ({ provider }) => authenticates(provider)],
  ['key derivation', 'selfTestDerivation', ({ provider }) => derives(provider)],
  ['aead', 'selfTestAead', ({ provider }) => carriedAeads(provider).every((aead) => seals(provider, aead))],
  [
    'key agreement',
    'selfTestAgreement',
    ({ provider }) => carriedCurves(provider).every((answer) => agrees(provider, answer)),
  ],
  ['signature', 'selfTestSignature', ({ provider }) => signs(provider)],
  ['random', 'selfTestRandom', ({ provider }) => isRandom(provider)],
  ['store', 'selfTestStore', ({ provider, store }) => keeps(provider, store)],
];

/**
 * Refuses with the reason of the first check that fails: the device stops there. A stack that is too small
 * ends the engine itself.
 */
export function selfTest(parts: SelfTestParts): void {
  for (const [name, reason, passes] of CHECKS) {
    if (!succeeds(passes, parts)) refuse(reason);
    parts.print(`self-test: ${name} ok`);
  }
  if (nest(STACK_CALLS) === STACK_CALLS) parts.print('self-test: stack ok');
}

/** A check that cannot even run has failed. */
function succeeds(passes: (parts: SelfTestParts) => boolean, parts: SelfTestParts): boolean {
  try {
    return passes(parts);
  } catch {
    return false;
  }
}

function isAnswer(bytes: Uint8Array | undefined, hex: string): boolean {
  return bytes !== undefined && equalBytes(bytes, fromHex(hex));
}

function hashes(provider: CryptoProvider): boolean {
  return isAnswer(provider.hash(Algorithm.SHA_256, fromHex(HASH_ANSWER.data)), HASH_ANSWER.digest);
}

function authenticates(provider: CryptoProvider): boolean {
  const data = fromHex(MAC_ANSWER.data);
  const key = provider.macKey(Algorithm.HMAC_256_256, provider.secret(fromHex(MAC_ANSWER.key)));
  const tag = key.compute(data);
  const accepts = key.verify(data, tag) && !key.verify(data, flipped(tag));
  key.wipe();
  return accepts && isAnswer(tag, MAC_ANSWER.tag);
}

function derives(provider: CryptoProvider): boolean {
  const { inputKeyingMaterial, salt, info, output } = DERIVATION_ANSWER;
  const secret = provider.secret(fromHex(inputKeyingMaterial));
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, fromHex(salt), secret);
  const derived = provider.expand(Algorithm.SHA_256, pseudorandomKey, fromHex(info), output.length / 2);
  return isAnswer(derived, output);
}

function carriedAeads(provider: CryptoProvider): AeadAnswer[] {
  return AEAD_ANSWERS.filter(({ algorithm }) => provider.supports(algorithm));
}

function seals(provider: CryptoProvider, answer: AeadAnswer): boolean {
  const [nonce, aad] = [fromHex(answer.nonce), fromHex(answer.aad)];
  const key = provider.aeadKey(answer.algorithm, provider.secret(fromHex(answer.key)));
  const ciphertext = key.seal(nonce, aad, fromHex(answer.plaintext));
  const opens = isAnswer(key.open(nonce, aad, ciphertext), answer.plaintext);
  const refuses = key.open(nonce, aad, flipped(ciphertext)) === undefined;
  key.wipe();
  return opens && refuses && isAnswer(ciphertext, answer.ciphertext);
}

function carriedCurves(provider: CryptoProvider): AgreementAnswer[] {
  return AGREEMENT_ANSWERS.filter(({ curve }) => provider.supportsCurve(curve));
}

function agrees(provider: CryptoProvider, answer: AgreementAnswer): boolean {
  const key = provider.privateKey(answer.curve, fromHex(answer.privateKey));
  const shared = provider.agree(key, fromHex(answer.publicKey));
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, new Uint8Array(0), shared);
  const derived = provider.expand(Algorithm.SHA_256, pseudorandomKey, new Uint8Array(0), 16);
  key.wipe();
  return isAnswer(derived, answer.derived);
}

/** A signature of its own is verified too: ES256 may draw a random number for each. */
function signs(provider: CryptoProvider): boolean {
  const { ES256 } = SignatureAlgorithm;
  const message = fromHex(SIGNATURE_ANSWER.message);
  const known = fromHex(SIGNATURE_ANSWER.signature);
  const verifies = (publicKey: Uint8Array, signature: Uint8Array) =>
    provider.verify(ES256, publicKey, message, signature);
  if (!verifies(fromHex(SIGNATURE_ANSWER.publicKey), known)) return false;
  const key = provider.generateKey(Curve.P256);
  const signature = provider.sign(ES256, key, message);
  const accepts = verifies(key.publicKey, signature) && !verifies(key.publicKey, flipped(signature));
  key.wipe();
  return accepts;
}

/** Not whether it is random, which no test shows, but whether it is stuck. */
function isRandom(provider: CryptoProvider): boolean {
  const [first, second] = [drawn(provider), drawn(provider)];
  return !equalBytes(first, second) && new Set(first).size > RANDOM_BYTES / 4;
}

/** What was there before is written over as well as what was not. */
function keeps(provider: CryptoProvider, store: Store): boolean {
  for (const value of [drawn(provider), drawn(provider)]) {
    store.write(STORE_KEY, value);
    const kept = store.read(STORE_KEY);
    if (kept === undefined || !equalBytes(kept, value)) return false;
  }
  return true;
}

function drawn(provider: CryptoProvider): Uint8Array {
  const bytes = new Uint8Array(RANDOM_BYTES);
  provider.fillRandom(bytes);
  return bytes;
}

function flipped(bytes: Uint8Array): Uint8Array {
  const other = bytes.slice();
  other[other.length - 1]! ^= 1;
  return other;
}

function nest(calls: number): number {
  return calls === 0 ? 0 : 1 + nest(calls - 1);
}
