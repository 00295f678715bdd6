// SPDX-License-Identifier: Apache-2.0
import { fromHex } from '../../../src/bytes/hex.ts';
import { encodeUtf8 } from '../../../src/bytes/utf8.ts';

export interface AdvertisingRecords {
  readonly flags?: number;
  readonly name?: string;
  /** 128-bit UUIDs. */
  readonly services?: readonly string[];
}

const MAX_BYTES = 31;
/** Assigned Numbers 2.3. */
const AdType = Object.freeze({ flags: 0x01, completeServices128: 0x07, completeName: 0x09 } as const);

/** As the SDK lays advertising data out. Throws where it does not fit. */
export function encodeAdvertising({ flags, name, services }: AdvertisingRecords): Uint8Array {
  const bytes: number[] = [];
  const add = (type: number, data: Iterable<number>) => {
    const value = [...data];
    bytes.push(value.length + 1, type, ...value);
  };
  if (flags !== undefined) add(AdType.flags, [flags]);
  if (services !== undefined)
    add(
      AdType.completeServices128,
      services.flatMap((uuid) => [...uuidBytes(uuid).reverse()]),
    );
  if (name !== undefined) add(AdType.completeName, encodeUtf8(name));
  if (bytes.length > MAX_BYTES) throw new RangeError('invalid adv');
  return Uint8Array.from(bytes);
}

/** 16 bytes, most significant first. */
export function uuidBytes(uuid: string): Uint8Array {
  const bytes = fromHex(uuid.replaceAll('-', ''));
  if (bytes.length !== 16) throw new RangeError('bad uuid');
  return bytes;
}
