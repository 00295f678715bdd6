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
  /** That pairing was LE Secure Connections. */
  readonly secureConnections: boolean;
  /** `BLE_BINDING_BYTES` made of the connection's long-term key, where the stack shows them. Public. */
  readonly channelBinding?: Uint8Array;
}

/**
 * What two ends compare to know that they have one long-term key, and nobody with a key for each in between:
 * the first bytes of HMAC-SHA-256 under the key, as HCI carries it, over `BLE_BINDING_LABEL`. Pairing has made
 * the key of both ends' addresses, public keys and nonces already (Bluetooth Core, Vol 3 Part H 2.2.7). Nobody
 * finds the key by it, and nothing else is made with this label.
 */
export const BLE_BINDING_BYTES = 16;
export const BLE_BINDING_LABEL = 'CPNS-1 over Bluetooth LE: channel binding';

/** What one end asks of a connection before it carries a message. */
export interface BleDemand {
  /** Whether a man in the middle must be excluded; else Just Works will do. */
  readonly authenticated: boolean;
}

export function meetsDemand(security: BleSecurity, demand: BleDemand): boolean {
  const { encrypted, authenticated, keySize } = security;
  return encrypted && keySize === BLE_KEY_BYTES && (authenticated || !demand.authenticated);
}

/** `security` undefined: the connection has none. `peer`: its identity address, with its type in front. */
export function bleAttestation(security: BleSecurity | undefined, peer?: Uint8Array): Attestation {
  return { kind: 'ble', ...(security ?? UNSECURED), ...(peer !== undefined && { peer }) };
}

const UNSECURED: BleSecurity = Object.freeze({
  encrypted: false,
  authenticated: false,
  bonded: false,
  keySize: 0,
  secureConnections: false,
});
