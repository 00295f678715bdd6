// SPDX-License-Identifier: Apache-2.0

/** Limits that a specification sets. They are not ours to change. */
export const SpecificationLimits = Object.freeze({
  /** Partial IV and sender sequence number: 40 bits (RFC 8613 section 5). */
  maxSequenceNumber: 2 ** 40 - 1,
  maxPartialIvBytes: 5,
  /** AES-CCM with an 8-byte tag: records sealed under one key (draft-ietf-core-oscore-key-limits, q). */
  ccm8MaxSealed: 2 ** 20,
  /** AES-CCM with an 8-byte tag: failed openings under one key (draft-ietf-core-oscore-key-limits, v). */
  ccm8MaxFailed: 2 ** 14,
  /** AES-CCM with an 8-byte tag: bytes in one message for which q and v hold (same draft, l). */
  ccm8MaxMessageBytes: 4096,
});

/** Limits that this implementation sets, so that no input decides how much memory or stack it takes. */
export const ImplementationLimits = Object.freeze({
  /** Nesting of a protocol CBOR item. */
  cborMaxDepth: 8,
  /** Entries of one protocol CBOR array or map. */
  cborMaxItems: 64,
  /** Bytes of one protocol CBOR byte or text string, and of one encoded item. */
  cborMaxBytes: 8192,
  /** Nesting of an application payload. */
  payloadMaxDepth: 6,
  /** Entries of all arrays and maps of one application payload together. */
  payloadMaxItems: 256,
  /** Bytes of one encoded application payload. */
  payloadMaxBytes: 2048,
  /** Bytes of one link message. */
  linkMaxMessageBytes: 8192,
  /** Sequence numbers behind the highest accepted one that a replay window still tells apart. */
  replayWindowSize: 32,
});
