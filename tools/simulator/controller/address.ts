// SPDX-License-Identifier: Apache-2.0

/** Device addresses: six octets, least significant first, with the type that tells public from random. */
export interface DeviceAddress {
  readonly type: AddressType;
  readonly octets: Uint8Array;
}

export type AddressType = 0 | 1;

export const PUBLIC: AddressType = 0;
export const RANDOM: AddressType = 1;

/** Reads `AA:BB:CC:DD:EE:FF`, most significant octet first. Throws a RangeError for anything else. */
export function parseAddress(text: string): Uint8Array {
  if (!/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i.test(text)) throw new RangeError(`not a device address: ${text}`);
  return Uint8Array.from(text.split(':').reverse(), (octet) => Number.parseInt(octet, 16));
}

/** The same text from octets. */
export function formatAddress(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'))
    .reverse()
    .join(':')
    .toUpperCase();
}

export function isSameAddress(a: DeviceAddress, b: DeviceAddress): boolean {
  return a.type === b.type && a.octets.every((octet, at) => octet === b.octets[at]);
}
