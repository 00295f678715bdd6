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
export { createMemberSigning, type MemberSigning } from '../roles/member-signing.ts';
export type { GroupNotice } from '../roles/notice-message.ts';
export { createPne, type Pne, type PneOptions } from '../roles/pne.ts';
export { type PneConsents, type PneConsentsOptions, withConsents } from '../roles/pne-consents.ts';
export { createPneKeys, type PneKeys, type PneKeysOptions } from '../roles/pne-keys.ts';
export type { Outcome } from '../roles/pne-readings.ts';
export { type Answered, type PneServices, withServices } from '../roles/pne-services.ts';
export { type PneUsersOptions, withUsers } from '../roles/pne-users.ts';
export { openProvisioning, type Provisioned } from '../roles/provisioned.ts';
export type { ServiceAnswer, Wish } from '../roles/service-message.ts';
export { refusalOf } from '../roles/service-refusals.ts';
export {
  addAdminee,
  assignAdmin,
  capabilitiesIn,
  changeAdmin,
  chooseNetwork,
  createGroup,
  describeDevice,
  devicesIn,
  discoverGroups,
  type FoundDevice,
  type FoundGroup,
  type FoundNetwork,
  groupsIn,
  listDevices,
  listNetworks,
  networksIn,
  type Page,
  referenceIn,
  releaseAdmin,
  releaseNetwork,
  removeMember,
  setUpNetwork,
  switchNetwork,
  transferGroup,
} from '../roles/service-wishes.ts';
export { withRecords } from '../session/records.ts';
export type { Medium } from '../store/medium.ts';
export { type DeviceStore, openSealedStore } from '../store/sealed-store.ts';
export type { SealedStore } from '../store/store.ts';
