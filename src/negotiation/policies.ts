// SPDX-License-Identifier: Apache-2.0

/**
 * What each role accepts on each CPNS interface. All of it is a local decision of this project: CPNS says
 * that mechanisms are negotiated and that a lower layer may realise them, not which.
 */
import { Authentication, Confidentiality, Integrity } from './mechanisms.ts';
import type { Policy, ProtectionTerms, Terms } from './policy.ts';

export type RoleName = 'pne' | 'gateway' | 'server' | 'external';
export type InterfaceName = 'CPNS-1' | 'CPNS-2' | 'CPNS-3' | 'CPNS-4' | 'CPNS-5';

const { psk, method0, method3 } = Authentication;
const { tag64, tag128, hmac64 } = Integrity;
const { aesCcm64, aesCcm128, a128Gcm, chaCha20 } = Confidentiality;

/** Authentication, integrity and confidentiality that the link realises. */
const LINK_AUTHENTICATION = Authentication.delegated;
const LINK_INTEGRITY = Integrity.delegated;
const LINK_CONFIDENTIALITY = Confidentiality.delegated;

/** An entity with a PSK from an earlier handshake resumes; the others have it not among their methods. */
const END_TO_END_AUTHENTICATION = terms(64, psk, method3, method0);
const INFRASTRUCTURE_AUTHENTICATION = terms(64, method3, method0, LINK_AUTHENTICATION);

/**
 * PNE - PN GW. PAN security may realise all of it (CR), so the floor of integrity is the 32-bit tag of a
 * Bluetooth packet: what it carries is protected again on CPNS-3.
 */
const CPNS_1 = policy(END_TO_END_AUTHENTICATION, {
  integrity: terms(32, LINK_INTEGRITY, tag64, tag128, hmac64),
  confidentiality: terms(128, LINK_CONFIDENTIALITY, aesCcm64, aesCcm128, chaCha20, a128Gcm),
});

/** PN GW - CPNS Server. IMS realises it with IPsec (CR), whose tag has 96 bits. */
const CPNS_2 = policy(INFRASTRUCTURE_AUTHENTICATION, {
  integrity: terms(96, LINK_INTEGRITY, tag128),
  confidentiality: terms(128, LINK_CONFIDENTIALITY, aesCcm128, a128Gcm, chaCha20),
});

/** PNE - CPNS Server through a gateway that may be unauthorized: no link reaches from end to end. */
const CPNS_3 = policy(END_TO_END_AUTHENTICATION, {
  integrity: terms(64, tag64, tag128),
  confidentiality: terms(128, aesCcm64, aesCcm128, chaCha20, a128Gcm),
});

/** PN GW - PN GW, of different owners. */
const CPNS_4 = policy(terms(64, method3, method0), {
  integrity: terms(128, tag128),
  confidentiality: terms(128, aesCcm128, a128Gcm, chaCha20),
});

/** CPNS Server - external entity. IPsec or TLS may realise it (CR). What it reads is nobody else's. */
const CPNS_5 = policy(terms(64, method0, method3, LINK_AUTHENTICATION), {
  integrity: terms(96, LINK_INTEGRITY, tag128),
  confidentiality: terms(128, LINK_CONFIDENTIALITY, a128Gcm, aesCcm128, chaCha20),
});

type PolicyTable = Readonly<Record<RoleName, Readonly<Partial<Record<InterfaceName, Policy>>>>>;

/**
 * A role has no policy for an interface that it does not join, and so cannot negotiate there. The program of a device
 * has the row of its own role only (tools/build/device.ts).
 */
export const POLICIES: PolicyTable = table({
  pne: table({ 'CPNS-1': CPNS_1, 'CPNS-3': CPNS_3 }),
  gateway: table({ 'CPNS-1': CPNS_1, 'CPNS-2': CPNS_2, 'CPNS-4': CPNS_4 }),
  server: table({ 'CPNS-2': CPNS_2, 'CPNS-3': CPNS_3, 'CPNS-5': CPNS_5 }),
  external: table({ 'CPNS-5': CPNS_5 }),
});

/* @__NO_SIDE_EFFECTS__ */
function table<T extends object>(rows: T): Readonly<T> {
  return Object.freeze(Object.assign(Object.create(null) as T, rows));
}

/* @__NO_SIDE_EFFECTS__ */
function terms(floor: number, ...accepted: number[]): Terms {
  return Object.freeze({ accepted: Object.freeze(accepted), floor });
}

/** The same in both directions. */
/* @__NO_SIDE_EFFECTS__ */
function policy(authentication: Terms, protection: ProtectionTerms): Policy {
  const both = Object.freeze(protection);
  return Object.freeze({ authentication, toResponder: both, toInitiator: both });
}
