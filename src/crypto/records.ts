// SPDX-License-Identifier: Apache-2.0

import type { ReasonCode } from '../refusal.ts';
import type { Secret } from './secret.ts';

/**
 * Whole records of RFC 8613 in one call: what a provider may have besides single algorithms, where crossing to
 * them costs more than they do. Bytes and reasons are those of src/session, which has the same in TypeScript.
 *
 * Refusals are numbers that are returned. Buffers are borrowed for the call, and results are owned by the caller. `Key` is how the provider, or what it is made of, holds a key.
 */
export interface RecordProvider<Key = Secret> {
  /** A sender that has reserved no number. `maxSealed` is the key's q. */
  createSender(direction: RecordDirection<Key>, firstSequenceNumber: number, maxSealed: number): RecordSender;
  /** The number of the next record. */
  nextSequenceNumber(sender: RecordSender): number;
  /** Allows numbers below `upTo`, once they are stored as used. */
  reserve(sender: RecordSender, upTo: number): void;
  /** Why a record of a plaintext of `length` bytes is refused now, if it is. */
  refusal(sender: RecordSender, length: number): ReasonCode | undefined;
  /** The compressed record, or undefined: there is a `refusal`, or else its number is to be reserved first. */
  protect(sender: RecordSender, plaintext: Uint8Array): Uint8Array | undefined;
  /** Writes it to the start of `target` and returns its length. A reason is negative, an unreserved number undefined. */
  protectInto(sender: RecordSender, plaintext: Uint8Array, target: Uint8Array): number | undefined;

  /** A recipient that continues from `state`, which some recipient can have. `maxFailed` is the key's v. */
  createRecipient(direction: RecordDirection<Key>, state: ReceivedState, maxFailed: number): RecordRecipient;
  /** The plaintext of a compressed record, or why there is none. */
  unprotect(recipient: RecordRecipient, record: Uint8Array): Uint8Array | ReasonCode;
  received(recipient: RecordRecipient): ReceivedState;

  /**
   * Both records of a message within another (src/session/nested.ts) in one call, where a provider has that: what
   * `inner` makes, behind `innerHead`, is the plaintext of `outer`, whose record comes behind `outerHead`. undefined:
   * either has a `refusal` or no number reserved, and neither has used one up.
   */
  protectNested?(
    outer: RecordSender,
    outerHead: number,
    inner: RecordSender,
    innerHead: number,
    plaintext: Uint8Array,
  ): Uint8Array | undefined;
  /**
   * Opens the record behind the first byte of `message`, and the one in it if its plaintext begins with `innerHead`:
   * returns what `decode` makes of what that held, or has a `ShortMessage` at once. What the outer one held else goes to
   * `other`, and undefined is returned. `refuse` is called with a reason, and throws. A record that was opened is
   * accepted, whatever the other is.
   */
  unprotectNested?<Message>(
    outer: RecordRecipient,
    message: Uint8Array,
    inner: RecordRecipient,
    innerHead: number,
    refuse: (reason: ReasonCode) => never,
    decode: (held: Uint8Array) => Message,
    other: (held: Uint8Array) => void,
  ): Message | ShortMessage | undefined;

  /** Wipes the key and the IV. Counts stay, and what is asked later has the reason `keyWiped`. Safe to call twice. */
  wipe(end: RecordSender | RecordRecipient): void;
}

/**
 * The messages that come most, a receipt and a content (src/roles/message.ts). A payload is the caller's own.
 */
export type ShortMessage =
  | { readonly type: 2; readonly number: number; readonly status: number }
  | { readonly type: 3; readonly number: number; readonly payload: Uint8Array };

/** One direction. All that is given is copied. */
export interface RecordDirection<Key = Secret> {
  /** COSE number of an AEAD, or of a MAC. */
  readonly algorithm: number;
  /** Of the algorithm's key length. */
  readonly key: Key;
  /** Of the AEAD's nonce length; no bytes for a MAC. */
  readonly baseIv: Uint8Array;
  readonly kid: Uint8Array;
  readonly kidContext: Uint8Array | undefined;
  /** Bytes of the longest plaintext. */
  readonly maxMessageBytes: number;
}

/** What a recipient remembers across a restart. */
export interface ReceivedState {
  /** Highest accepted sequence number, -1 before the first. */
  readonly highest: number;
  /** 32-bit mask: bit i says that `highest - i` was accepted. */
  readonly seen: number;
  /** Records that failed to verify under this key. */
  readonly failed: number;
}

/** Opaque, as key handles are. */
export interface RecordSender {
  readonly brand: 'sender';
}

export interface RecordRecipient {
  readonly brand: 'recipient';
}
