// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/records`: protected records alone (RFC 8613's keys and nonces, compressed COSE). Needs no Node. */
export { toHex } from '../bytes/hex.ts';
export { Algorithm } from '../crypto/algorithms.ts';
export { createNobleProvider } from '../crypto/noble/provider.ts';
export type { CryptoProvider, Secret } from '../crypto/provider.ts';
export { type ReasonName, Refusal } from '../refusal.ts';
export { compressMessage, expandRecord } from '../session/expand.ts';
export { recordKid } from '../session/forms.ts';
export { withRecords } from '../session/records.ts';
export {
  createSession,
  type SecurityContext,
  type Session,
  type SessionOptions,
} from '../session/session.ts';
