// SPDX-License-Identifier: Apache-2.0

/**
 * Status codes that a peer learns inside a protected session. CPNS publishes none: this table is local.
 * Outside a session a peer learns nothing.
 */
export const Status = Object.freeze({
  ok: 0,
  badRequest: 1,
  /** Of a registration: the server knows a later epoch of this PNE, or another boot with this one. */
  epochBehind: 2,
  /** No grant permits it. */
  notAuthorized: 3,
  /** To an external entity: too much waits already, or nothing can be stored just now. */
  busy: 4,
  /** The owner has to consent, and has not answered. */
  consentRequired: 5,
  /** It is another's. */
  notOwner: 6,
  /** There is no such PN or service group. */
  groupUnknown: 7,
  /** There is no such PNE where it would have to be. */
  entityUnknown: 8,
  /** No room for one more. */
  full: 9,
  /** A PNE is in another PN. */
  networkTaken: 10,
  /** Of users: as the reasons of these names, */
  userUnknown: 11,
  userForeign: 12,
  userCodeInvalid: 13,
  userCodeExpired: 14,
  userCodeSpent: 15,
  userTries: 16,
  userUnregistered: 17,
  /** and to a gateway: he is registered, and his PNE has not asked for its key yet. */
  userRegistered: 18,
} as const);

export type StatusCode = (typeof Status)[keyof typeof Status];
