// SPDX-License-Identifier: Apache-2.0

/** Known answers of the power-on self-test, one an algorithm, in hexadecimal. Most are in tools/vectors too. */
import { Algorithm } from '../../src/crypto/algorithms.ts';
import { Curve } from '../../src/crypto/curves.ts';

export interface AeadAnswer {
  readonly algorithm: number;
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly plaintext: string;
  /** With its tag. */
  readonly ciphertext: string;
}

/** Wycheproof; AES-CCM from aes-ccm-13-generated and Wycheproof. */
export const AEAD_ANSWERS: readonly AeadAnswer[] = Object.freeze([
  {
    algorithm: Algorithm.A128GCM,
    key: '5b9604fe14eadba931b0ccf34843dab9',
    nonce: '921d2507fa8007b7bd067d34',
    aad: '00112233445566778899aabbccddeeff',
    plaintext: '001d0c231287c1182784554ca3a21908',
    ciphertext: '49d8b9783e911913d87094d1f63cc7651e348ba07cca2cf04c618cb4d43a5b92',
  },
  {
    algorithm: Algorithm.AES_CCM_16_64_128,
    key: 'fc185df9effc0454cd7a01f57da46e6b',
    nonce: '237f312cf342fecb846ce7ba8a',
    aad: '684abfec4784de7d37c5cf3a86d0501931ce7d05',
    plaintext: 'b3439fd50c0a3f',
    ciphertext: '6e9847701ba3d1da8ede89079cc14b',
  },
  {
    algorithm: Algorithm.AES_CCM_16_128_128,
    key: 'e74b73c2ad93d38dd4432d6e51d3e3ec',
    nonce: '06ee28ea532ff5aae6b0f6a28a',
    aad: '10bc9864f1332e41',
    plaintext: 'aad5d758041e5443ede7e9bbac1db490',
    ciphertext: 'd3ed6bb55d98b00e1b76938a1c6bd5ed22201e4eb2a42291a7d57e357082d77e',
  },
  {
    algorithm: Algorithm.CHACHA20_POLY1305,
    key: 'b907a45075513fe8a8019edee3f2591487b2a030b03c6e1d771c862571d2ea1e',
    nonce: '118a6964c2d3e380071f5266',
    aad: '034585621af8d7ff',
    plaintext: '55a465644f5b650928cbee7c063214d6',
    ciphertext: 'e4b113cb775945f3d3a8ae9ec141c00c7c43f16ce096d0dc27c95849dc383b7d',
  },
]);

export interface AgreementAnswer {
  readonly curve: number;
  readonly privateKey: string;
  /** On P-256, x alone. */
  readonly publicKey: string;
  /** HKDF-Expand of HKDF-Extract of the shared secret, without salt and info: secrets do not come out. */
  readonly derived: string;
}

/** Wycheproof, but for `derived`. */
export const AGREEMENT_ANSWERS: readonly AgreementAnswer[] = Object.freeze([
  {
    curve: Curve.P256,
    privateKey: '0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346',
    publicKey: '62d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26',
    derived: 'c5c50ecfff4eb2c700639ede71ba2c5b',
  },
  {
    curve: Curve.X25519,
    privateKey: 'c8a9d5a91091ad851c668b0736c1c9a02936c0d3ad62670858088047ba057475',
    publicKey: '504a36999f489cd2fdbc08baff3d88fa00569ba986cba22548ffde80f9806829',
    derived: 'a42c91b9586d291220e9534bc43b53ba',
  },
]);

/** FIPS 180-2 Appendix B.1. */
export const HASH_ANSWER = Object.freeze({
  data: '616263',
  digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
});

/** HMAC-SHA-256, Wycheproof. */
export const MAC_ANSWER = Object.freeze({
  key: '6fa353868c82e5deeedac7f09471a61bf749ab5498239e947e012eee3c82d7c4',
  data: 'aeed3e4d4cb9bbb60d482e98c126c0f5',
  tag: '9ed7f0e73812a27a87a3808ee0c89a6456499e835974ba57c5aab2a0d8c69e93',
});

/** RFC 5869 Appendix A.1. */
export const DERIVATION_ANSWER = Object.freeze({
  inputKeyingMaterial: '0b'.repeat(22),
  salt: '000102030405060708090a0b0c',
  info: 'f0f1f2f3f4f5f6f7f8f9',
  output: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
});

/** ES256, Wycheproof. */
export const SIGNATURE_ANSWER = Object.freeze({
  publicKey:
    '2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e',
  message: '313233343030',
  signature:
    '2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e184cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76',
});

/** RFC 8613 Appendix C.4, in the compressed form of src/session/compressed.ts: a kid of no bytes. */
export const RECORD_ANSWER = Object.freeze({
  key: 'f0910ed7295e6ad4b54fc793154302ff',
  baseIv: '4622d4dd6d944168eefb54987c',
  sequence: 20,
  plaintext: '01b3747631',
  record: '8114612f1092f1776f1c1668b3825e',
});

/** The same AEAD as above: the last bytes of its plaintext are the key, those before them lie beside it. */
export const WRAPPING_ANSWER = Object.freeze({
  key: 'fc185df9effc0454cd7a01f57da46e6b',
  nonce: '237f312cf342fecb846ce7ba8a',
  aad: '684abfec4784de7d37c5cf3a86d0501931ce7d05',
  data: 'b3439f',
  secret: 'd50c0a3f',
  wrapped: '6e9847701ba3d1da8ede89079cc14b',
});
