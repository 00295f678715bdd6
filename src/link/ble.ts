// SPDX-License-Identifier: Apache-2.0

/**
 * CPNS-1 over Bluetooth LE: what both ends know. The PNE is the peripheral. It notifies fragments
 * (fragment.ts) on one characteristic, and the gateway writes them, with response, to the other.
 */
import type { Attestation } from './attestation.ts';

/** 128-bit UUIDs of this project's own. */
export const BleUuid = Object.freeze({
  service: '9134cff8-472b-47bc-95da-fd01e9555539',
  /** PNE to gateway: notify. */
  uplink: '9134cff9-472b-47bc-95da-fd01e9555539',
  /** Gateway to PNE: write. */
  downlink: '9134cffa-472b-47bc-95da-fd01e9555539',
} as const);

/** The PNE's last value: it asks the gateway to disconnect. Too short for a fragment. */
export const BYE: readonly number[] = Object.freeze([0]);

export function isBye(value: Uint8Array): boolean {
  return value.length === BYE.length && value[0] === BYE[0];
}

/** The only size of encryption key that is taken, in bytes. */
export const BLE_KEY_BYTES = 16;

/** What a host's stack reports of one connection's security. */
export interface BleSecurity {
  readonly encrypted: boolean;
  /** The pairing that its key comes from was protected against a man in the middle. */
  readonly authenticated: boolean;
  readonly bonded: boolean;
  /** Bytes. */
  readonly keySize: number;
}

/** What one end asks of a connection before it carries a message. */
export interface BleDemand {
  /** Whether a man in the middle must be excluded; else Just Works will do. */
  readonly authenticated: boolean;
}

export function meetsDemand(security: BleSecurity, demand: BleDemand): boolean {
  const { encrypted, authenticated, keySize } = security;
  return encrypted && keySize === BLE_KEY_BYTES && (authenticated || !demand.authenticated);
}

/** How a host knows more of a connection than its stack's report says. */
export interface BleAssurance {
  /** The host accepts no pairing but LE Secure Connections. */
  readonly secureConnections: boolean;
  /** Identity address of the peer. */
  readonly peer?: Uint8Array;
  /** As in `Attestation`: a stack that shows nothing of a pairing to its owner has none. */
  readonly channelBinding?: Uint8Array;
}

export function bleAttestation(security: BleSecurity | undefined, assurance: BleAssurance): Attestation {
  const { encrypted, authenticated, bonded, keySize } = security ?? UNSECURED;
  return { kind: 'ble', encrypted, authenticated, bonded, keySize, ...assurance };
}

const UNSECURED: BleSecurity = Object.freeze({
  encrypted: false,
  authenticated: false,
  bonded: false,
  keySize: 0,
});
