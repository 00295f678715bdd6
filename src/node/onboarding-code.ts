// SPDX-License-Identifier: Apache-2.0

/**
 * The code by which a device joins, of 40 characters at most, for a label, a display or a line of text:
 *
 *     code = id "." body
 *     id   = 1 to 9 of A-Z 0-9 -                                     ; the PNE's, in capitals
 *     body = 30 digits of Crockford's base 32: secret (128 bits) ‖ network (10 bits) ‖ check (12 bits)
 *
 * All of its characters are those of a QR code's alphanumeric mode. `network` is the beginning of the hash of the server's
 * credential, or 0 for a code that is for any network. Small letters, and I, L and O for 1, 1 and 0, are understood.
 */
import { createHash } from 'node:crypto';
import { refuse } from '../refusal.ts';

export interface OnboardingCode {
  readonly pneId: string;
  /** 16 bytes. Whoever has it wipes it. */
  readonly secret: Uint8Array;
  /** 0 to 1023. */
  readonly network: number;
}

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SECRET_BYTES = 16;
const BODY_DIGITS = 30;
const CHECK_BITS = 12n;
const NETWORK_BITS = 10n;
const MAX_ID_LENGTH = 9;
const ID = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Refuses with `onboardingCodeInvalid` an id that no code can have. */
export function checkCodeId(pneId: string): void {
  if (ID.test(pneId) && pneId.length <= MAX_ID_LENGTH) return;
  refuse(
    'onboardingCodeInvalid',
    `an id in a code has 1 to ${MAX_ID_LENGTH} of a-z, 0-9 and -, which '${pneId}' has not`,
  );
}

/** The number by which a code says whose network it is for. */
export function networkOf(serverCredential: Uint8Array): number {
  const hash = createHash('sha256').update(serverCredential).digest();
  // 0 stands for any network.
  return hash.readUInt16BE(0) >> (16 - Number(NETWORK_BITS)) || 1;
}

export function encodeCode({ pneId, secret, network }: OnboardingCode): string {
  checkCodeId(pneId);
  if (secret.length !== SECRET_BYTES || network >> Number(NETWORK_BITS) !== 0) refuse('badArgument');
  const value = (numberOf(secret) << NETWORK_BITS) | BigInt(network);
  const body = (value << CHECK_BITS) | checkOf(pneId, value);
  return `${pneId.toUpperCase()}.${digitsOf(body)}`;
}

/**
 * Refuses with `onboardingCodeInvalid` what is no code, or was mistyped, with `onboardingForeign` one for another network
 * than `network`.
 */
export function decodeCode(text: string, network?: number): OnboardingCode {
  const [id = '', digits = '', ...more] = text.trim().split('.');
  const pneId = id.toLowerCase();
  const body = bodyOf(digits);
  if (more.length > 0 || body === undefined || !ID.test(pneId) || pneId.length > MAX_ID_LENGTH)
    return refuse('onboardingCodeInvalid', 'this is no code: it has an id, a dot and 30 digits and letters');
  const value = body >> CHECK_BITS;
  if ((body & (2n ** CHECK_BITS - 1n)) !== checkOf(pneId, value))
    refuse('onboardingCodeInvalid', 'the code was mistyped: compare it with the label, or scan it');
  const decoded = { pneId, secret: bytesOf(value >> NETWORK_BITS), network: Number(value & 0x3ffn) };
  if (network !== undefined && decoded.network !== 0 && decoded.network !== network)
    refuse('onboardingForeign', `the code of ${pneId} is for another network: make one here with provision`);
  return decoded;
}

function checkOf(pneId: string, value: bigint): bigint {
  const hash = createHash('sha256')
    .update(`${pneId}.${value.toString(16)}`)
    .digest();
  return BigInt(hash.readUInt16BE(0) & 0xfff);
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(2 * SECRET_BYTES, '0'), 'hex'));
}

function digitsOf(value: bigint): string {
  return Array.from({ length: BODY_DIGITS }, (_, at) =>
    DIGITS.charAt(Number((value >> BigInt(5 * (BODY_DIGITS - 1 - at))) & 31n)),
  ).join('');
}

/** Undefined where it is not exactly so many digits. */
function bodyOf(text: string): bigint | undefined {
  const digits = text.toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (digits.length !== BODY_DIGITS) return undefined;
  let value = 0n;
  for (const digit of digits) {
    const number = DIGITS.indexOf(digit);
    if (number < 0) return undefined;
    value = value * 32n + BigInt(number);
  }
  return value;
}
