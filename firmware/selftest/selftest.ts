// SPDX-License-Identifier: Apache-2.0

/**
 * The power-on self-test: a known answer for each algorithm that the provider carries and for what is made of them, and
 * a random source that moves. It takes keys of its own alone, and so comes before any other is touched.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { Curve, SignatureAlgorithm } from '../../src/crypto/curves.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import {
  AEAD_ANSWERS,
  type AeadAnswer,
  AGREEMENT_ANSWERS,
  type AgreementAnswer,
  DERIVATION_ANSWER,
  HASH_ANSWER,
  MAC_ANSWER,
  RECORD_ANSWER,
  SIGNATURE_ANSWER,
  WRAPPING_ANSWER,
} from './answers.ts';
import { SelfTestCode } from './codes.ts';

/** The first check that failed. */
export interface SelfTestFailure {
  readonly check: string;
  /** Of SelfTestCode. */
  readonly code: number;
}

type Check = readonly [name: string, code: number, passes: (provider: CryptoProvider) => boolean];

const RANDOM_BYTES = 32;

const CHECKS: readonly Check[] = Object.freeze([
  ['hash', SelfTestCode.hash, hashes],
  ['mac', SelfTestCode.mac, authenticates],
  ['key derivation', SelfTestCode.derivation, derives],
  ['aead', SelfTestCode.aead, (provider) => carriedAeads(provider).every((aead) => seals(provider, aead))],
  ['record', SelfTestCode.record, protects],
  ['key wrapping', SelfTestCode.wrapping, wraps],
  [
    'key agreement',
    SelfTestCode.agreement,
    (provider) => carriedCurves(provider).every((answer) => agrees(provider, answer)),
  ],
  ['signature', SelfTestCode.signature, signs],
  ['random', SelfTestCode.random, isRandom],
]);

/** Returns what failed, undefined where all is well. `onPassed` is told of each check before that. */
export function selfTest(
  provider: CryptoProvider,
  onPassed?: (check: string) => void,
): SelfTestFailure | undefined {
  for (const [check, code, passes] of CHECKS) {
    if (!succeeds(passes, provider)) return { check, code };
    onPassed?.(check);
  }
  return undefined;
}

/** A check that cannot even run has failed. */
function succeeds(passes: (provider: CryptoProvider) => boolean, provider: CryptoProvider): boolean {
  try {
    return passes(provider);
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

/** Records are made in one call where the provider has them. */
function protects(provider: CryptoProvider): boolean {
  const { key, baseIv, sequence, plaintext, record } = RECORD_ANSWER;
  const records = provider.records!;
  const direction = {
    algorithm: Algorithm.AES_CCM_16_64_128,
    key: provider.secret(fromHex(key)),
    baseIv: fromHex(baseIv),
    kid: new Uint8Array(0),
    kidContext: undefined,
    maxMessageBytes: plaintext.length,
  };
  const sender = records.createSender(direction, sequence, sequence + 1);
  records.reserve(sender, sequence + 1);
  const recipient = records.createRecipient(direction, { highest: -1, seen: 0, failed: 0 }, 2);
  const made = records.protect(sender, fromHex(plaintext));
  const refuses = typeof records.unprotect(recipient, flipped(fromHex(record))) === 'number';
  const opened = records.unprotect(recipient, fromHex(record));
  for (const end of [sender, recipient]) records.wipe(end);
  return isAnswer(made, record) && refuses && typeof opened === 'object' && isAnswer(opened, plaintext);
}

/** What a key was sealed with is what an AEAD makes of its bytes. */
function wraps(provider: CryptoProvider): boolean {
  const { key, nonce, aad, data, wrapped, secret } = WRAPPING_ANSWER;
  const kek = provider.secret(fromHex(key));
  const place = [Algorithm.AES_CCM_16_64_128, kek, fromHex(nonce), fromHex(aad)] as const;
  const made = provider.wrap(...place, provider.secret(fromHex(secret)), fromHex(data));
  const beside = new Uint8Array(data.length / 2);
  const refuses = provider.unwrap(...place, flipped(made), beside) === undefined;
  const opened = provider.unwrap(...place, made, beside);
  kek.wipe();
  return isAnswer(made, wrapped) && refuses && opened !== undefined && isAnswer(beside, data);
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
