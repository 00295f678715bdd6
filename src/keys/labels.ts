// SPDX-License-Identifier: Apache-2.0

/**
 * What keys are derived for. Each label stands here once, so that no two derivations of one key are the same. What a
 * server seals by (src/node/sealing.ts) is of the same root: those labels are bare ASCII, with which no CBOR array
 * begins.
 */
export const KeyLabel = /* @__PURE__ */ Object.freeze({
  /** HKDF: a user key, at the server, of its root key. */
  userKey: 'cpns user key',
  /** HKDF: a PN key or service-group key, at the server, of its root key. */
  groupKey: 'cpns group key',
  /** AAD of a key that travels under another. */
  wrapped: 'cpns wrapped key',
  /** HKDF: what a holder shows that it has a key by. */
  proof: 'cpns key proof',
  /** Master Salt of the senders' keys under a group's key. */
  senders: 'cpns senders',
} as const);

/** Apart from those, as no device has them. */
export const UserLabel = /* @__PURE__ */ Object.freeze({
  /** HKDF: what a server keeps of a user's code. */
  code: 'cpns user code',
  /** HKDF: what shows that somebody has it. */
  proof: 'cpns user proof',
} as const);

/** EDHOC_Exporter labels (RFC 9528 section 10.1: from 32768 on for private use). */
export const KeyExporterLabel = Object.freeze({
  /** The key that user keys are sent under, of a handshake of CPNS-3. */
  wrapping: 33_010,
} as const);
