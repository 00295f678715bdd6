// SPDX-License-Identifier: Apache-2.0

/**
 * `pne-runtime/pne`: a PNE over whatever link, clock, cryptography and storage its owner has. Needs no Node: a device that
 * runs XS bundles it.
 */
export { createNobleProvider } from '../crypto/noble/provider.ts';
export type { CryptoProvider, FillRandom } from '../crypto/provider.ts';
export type { BootStore } from '../delivery/boot.ts';
export { type Attestation, PLAIN_STREAM } from '../link/attestation.ts';
export type { Link, LinkEvents } from '../link/link.ts';
export type { After, RunningTimer } from '../link/timer.ts';
export { compactPayloads } from '../payload/compact.ts';
export type { PnePayloads } from '../payload/payload.ts';
export { type ReasonName, Refusal } from '../refusal.ts';
export type { NumberedQuestion } from '../roles/consent.ts';
export type { Agreement, InterfaceOptions } from '../roles/interface.ts';
export { createPne, type Pne, type PneOptions } from '../roles/pne.ts';
export { type PneConsents, type PneConsentsOptions, withConsents } from '../roles/pne-consents.ts';
export type { PneKeys } from '../roles/pne-keys.ts';
export type { Outcome } from '../roles/pne-readings.ts';
export { openProvisioning, type Provisioned } from '../roles/provisioned.ts';
export { withRecords } from '../session/records.ts';
