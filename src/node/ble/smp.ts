// SPDX-License-Identifier: Apache-2.0

/** PDUs of the Security Manager Protocol (Bluetooth Core, Vol 3 Part H 3), as far as the gate judges them. */
import { ECDH } from 'node:crypto';
import { equalBytes } from '../../bytes/compare.ts';
import { fromHex } from '../../bytes/hex.ts';
import { BLE_KEY_BYTES, type BleDemand } from '../../link/ble.ts';

export const SmpOpcode = Object.freeze({
  pairingRequest: 0x01,
  pairingResponse: 0x02,
  pairingFailed: 0x05,
  encryptionInformation: 0x06,
  publicKey: 0x0c,
} as const);

export const SmpReason = Object.freeze({
  authenticationRequirements: 0x03,
  pairingNotSupported: 0x05,
  encryptionKeySize: 0x06,
  invalidParameters: 0x0a,
} as const);

/** The longest PDU, a public key, in bytes. */
export const SMP_MAX_BYTES = 65;

/** Vol 3 Part H 2.3.2. */
const NO_INPUT_NO_OUTPUT = 3;
const LAST_CAPABILITY = 4;
const CAN_TYPE: readonly number[] = Object.freeze([2, 4]);
const CAN_CONFIRM: readonly number[] = Object.freeze([1, 4]);
const FEATURES_BYTES = 7;
const SC_BIT = 0x08;
const COORDINATE_BYTES = 32;
/** x of the key whose private half the specification prints (Vol 3 Part H 2.3.5.6.1), as it is sent. */
const DEBUG_X = fromHex('20b003d2f297be2c5e2c83a7e9f9a5b9eff49111acf4fddbcc0301480e359de6').reverse();

/** What this end brings to every pairing. */
export interface PairingSide {
  /** As SMP numbers them (Vol 3 Part H 3.5.1). */
  readonly ioCapabilities: number;
  readonly demand: BleDemand;
  /** x and y of its public key as it was last sent: a device has one for all its pairings. */
  publicKey?: Uint8Array;
}

/** Returns why a PDU of the peer is refused, one of `SmpReason`; undefined where it may pass. */
export function judgeSmp(pdu: Uint8Array, own: Readonly<PairingSide>): number | undefined {
  if (pdu.length > SMP_MAX_BYTES) return SmpReason.invalidParameters;
  const opcode = pdu[0];
  if (opcode === SmpOpcode.encryptionInformation) return SmpReason.authenticationRequirements;
  if (opcode === SmpOpcode.publicKey) return judgePublicKey(pdu.subarray(1), own);
  const isFeatures = opcode === SmpOpcode.pairingRequest || opcode === SmpOpcode.pairingResponse;
  return isFeatures ? judgeFeatures(pdu, own) : undefined;
}

/** Takes what this end sends into `own`. */
export function noteSmp(pdu: Uint8Array, own: PairingSide): void {
  if (pdu[0] === SmpOpcode.publicKey) own.publicKey = pdu.slice(1);
}

/**
 * Legacy pairing and short keys are refused here, where the pairing has not begun; and, where a man in the
 * middle must be excluded, capabilities that leave nothing but Just Works: an attacker claims them, and the
 * bit that asks for protection with them.
 */
function judgeFeatures(pdu: Uint8Array, own: Readonly<PairingSide>): number | undefined {
  const [, ioCapabilities = NO_INPUT_NO_OUTPUT, , authReq = 0, keySize] = pdu;
  if (pdu.length !== FEATURES_BYTES || ioCapabilities > LAST_CAPABILITY) return SmpReason.invalidParameters;
  if ((authReq & SC_BIT) === 0) return SmpReason.authenticationRequirements;
  if (keySize !== BLE_KEY_BYTES) return SmpReason.encryptionKeySize;
  const isProtected = canAuthenticate(own.ioCapabilities, ioCapabilities);
  return own.demand.authenticated && !isProtected ? SmpReason.authenticationRequirements : undefined;
}

/** Whether two devices of such capabilities pair by passkey or numeric comparison (Vol 3 Part H 2.3.5.1). */
export function canAuthenticate(a: number, b: number): boolean {
  if (a === NO_INPUT_NO_OUTPUT || b === NO_INPUT_NO_OUTPUT) return false;
  if (CAN_TYPE.includes(a) || CAN_TYPE.includes(b)) return true;
  return CAN_CONFIRM.includes(a) && CAN_CONFIRM.includes(b);
}

/**
 * A key with the x of our own may be ours sent back (CVE-2020-26558), and the debug key is everybody's. One
 * off the curve would tell bits of our private key.
 */
function judgePublicKey(key: Uint8Array, own: Readonly<PairingSide>): number | undefined {
  const x = key.subarray(0, COORDINATE_BYTES);
  const isOurs = own.publicKey !== undefined && equalBytes(x, own.publicKey.subarray(0, COORDINATE_BYTES));
  if (isOurs || equalBytes(x, DEBUG_X) || !isOnCurve(key)) return SmpReason.invalidParameters;
  return undefined;
}

function isOnCurve(key: Uint8Array): boolean {
  if (key.length !== 2 * COORDINATE_BYTES) return false;
  const x = key.slice(0, COORDINATE_BYTES).reverse();
  const y = key.slice(COORDINATE_BYTES).reverse();
  try {
    ECDH.convertKey(Uint8Array.of(4, ...x, ...y), 'prime256v1');
    return true;
  } catch {
    return false;
  }
}
