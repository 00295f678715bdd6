// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/handshake`: EDHOC (RFC 9528) alone, messages in and messages out. Needs no Node. */
export { Curve } from '../crypto/curves.ts';
export { createNobleProvider } from '../crypto/noble/provider.ts';
export type { CryptoProvider, PrivateKey, Secret } from '../crypto/provider.ts';
export {
  type Credential,
  type CredentialStore,
  ccsCredential,
  certificateCredential,
  createCredentialStore,
  encodeCcs,
  type Identity,
  type Party,
} from '../handshake/credential.ts';
export type { EadItem } from '../handshake/ead.ts';
export type { Established, ExportedContext } from '../handshake/established.ts';
export { createInitiator, type Initiator, type InitiatorOptions } from '../handshake/initiator.ts';
export { createResponder, type Responder, type ResponderOptions } from '../handshake/responder.ts';
export { type ReasonName, Refusal } from '../refusal.ts';
