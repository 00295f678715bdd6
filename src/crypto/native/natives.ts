// SPDX-License-Identifier: Apache-2.0

import type { ReasonCode } from '../../refusal.ts';
import type { RecordRecipient, RecordSender, ShortMessage } from '../records.ts';

/** Key bytes in C memory. JavaScript sees an object without properties. */
export interface NativeSecret {
  readonly brand: 'secret';
}

/** A key in the store of the C library, bound to one use. */
export interface NativeKey<Use extends 'aead' | 'mac' | 'private'> {
  readonly brand: Use;
}

/**
 * The C functions of firmware/native/crypto*.c, by COSE numbers. They check every argument again and throw on a
 * wrong one. Inputs are borrowed for the call and must not overlap an output, which is filled to its end.
 * What is not wiped is wiped when it is collected.
 */
export interface CryptoNatives {
  random(target: Uint8Array): void;
  /** SHA-256. */
  hash(data: Uint8Array, digest: Uint8Array): void;
  /** Copies the bytes in. */
  secret(bytes: Uint8Array): NativeSecret;
  length(secret: NativeSecret): number;
  /** A sender and a recipient keep their counts. */
  wipe(object: NativeSecret | NativeKey<'aead' | 'mac' | 'private'> | RecordSender | RecordRecipient): void;

  aeadKey(secret: NativeSecret, algorithm: number): NativeKey<'aead'>;
  seal(
    key: NativeKey<'aead'>,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
    output: Uint8Array,
  ): void;
  /** Whether the tag verified. Else `output` holds no plaintext. */
  open(
    key: NativeKey<'aead'>,
    nonce: Uint8Array,
    aad: Uint8Array,
    ciphertext: Uint8Array,
    output: Uint8Array,
  ): boolean;

  /** Seals `data` and the bytes of the secret behind it, 128 bytes together at most. */
  wrap(
    key: NativeKey<'aead'>,
    nonce: Uint8Array,
    aad: Uint8Array,
    data: Uint8Array,
    secret: NativeSecret,
    output: Uint8Array,
  ): void;
  /** Fills `data` and returns what lies behind it, at least a byte. Undefined where the tag does not verify. */
  unwrap(
    key: NativeKey<'aead'>,
    nonce: Uint8Array,
    aad: Uint8Array,
    wrapped: Uint8Array,
    data: Uint8Array,
  ): NativeSecret | undefined;

  /** HMAC-SHA-256. */
  macKey(secret: NativeSecret): NativeKey<'mac'>;
  mac(key: NativeKey<'mac'>, data: Uint8Array, tag: Uint8Array): void;

  /** HKDF-SHA-256. */
  extract(salt: Uint8Array, secret: NativeSecret): NativeSecret;
  expand(pseudorandomKey: NativeSecret, info: Uint8Array, output: Uint8Array): void;
  expandSecret(pseudorandomKey: NativeSecret, info: Uint8Array, length: number): NativeSecret;

  /** Records (see ../records.ts). A MAC has a `baseIv` of no bytes. */
  sender(
    secret: NativeSecret,
    algorithm: number,
    baseIv: Uint8Array,
    kid: Uint8Array,
    kidContext: Uint8Array | undefined,
    maxMessageBytes: number,
    firstSequenceNumber: number,
    maxSealed: number,
  ): RecordSender;
  next(sender: RecordSender): number;
  reserve(sender: RecordSender, upTo: number): void;
  refusal(sender: RecordSender, length: number): ReasonCode | undefined;
  protect(sender: RecordSender, plaintext: Uint8Array): Uint8Array | undefined;
  protectInto(sender: RecordSender, plaintext: Uint8Array, target: Uint8Array): number | undefined;
  /** A record around a record, each behind a byte (see ../records.ts). */
  protectNested(
    outer: RecordSender,
    outerHead: number,
    inner: RecordSender,
    innerHead: number,
    plaintext: Uint8Array,
  ): Uint8Array | undefined;
  unprotectNested<Message>(
    outer: RecordRecipient,
    message: Uint8Array,
    inner: RecordRecipient,
    innerHead: number,
    refuse: (reason: ReasonCode) => never,
    decode: (held: Uint8Array) => Message,
    other: (held: Uint8Array) => void,
  ): Message | ShortMessage | undefined;
  recipient(
    secret: NativeSecret,
    algorithm: number,
    baseIv: Uint8Array,
    kid: Uint8Array,
    kidContext: Uint8Array | undefined,
    maxMessageBytes: number,
    highest: number,
    seen: number,
    failed: number,
    maxFailed: number,
  ): RecordRecipient;
  unprotect(recipient: RecordRecipient, record: Uint8Array): Uint8Array | ReasonCode;
  highest(recipient: RecordRecipient): number;
  seen(recipient: RecordRecipient): number;
  failed(recipient: RecordRecipient): number;

  /** P-256 and X25519; x ‖ y on P-256. */
  privateKey(curve: number, bytes: Uint8Array, publicKey: Uint8Array): NativeKey<'private'>;
  /** Undefined where the secret is out of the curve's range. */
  privateKeyOf(curve: number, secret: NativeSecret, publicKey: Uint8Array): NativeKey<'private'> | undefined;
  privateSecret(key: NativeKey<'private'>): NativeSecret;
  generateKey(curve: number, publicKey: Uint8Array): NativeKey<'private'>;
  /** Undefined where `publicKey`, x ‖ y or x alone, is no point to agree with. */
  agree(key: NativeKey<'private'>, publicKey: Uint8Array): NativeSecret | undefined;
  /** Fills x ‖ y of P-256, with an odd y where `sign` is 1. Returns false where no point has this x. */
  decompress(x: Uint8Array, sign: number, publicKey: Uint8Array): boolean;
  /** ES256: r ‖ s, the same for the same message (RFC 6979). */
  sign(key: NativeKey<'private'>, message: Uint8Array, signature: Uint8Array): void;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
