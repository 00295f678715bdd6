// SPDX-License-Identifier: Apache-2.0

/**
 * A PDU of a connection (Core Specification Vol 6 Part B 2.4):
 *
 *     LLID (2 bits), NESN, SN, MD, 3 bits of other versions | length | payload, with the MIC if encrypted
 */
import { refuse } from '../../../../src/refusal.ts';
import { LittleEndianReader } from '../little-endian.ts';

export const Llid = Object.freeze({ continuation: 1, start: 2, control: 3 });

export interface DataPdu {
  /** The first octet, of which CCM authenticates what `authenticatedHeader` leaves. */
  readonly header: number;
  readonly llid: number;
  readonly nextExpected: number;
  readonly sequence: number;
  readonly hasMore: boolean;
  readonly payload: Uint8Array;
}

export interface PduFlags {
  readonly nextExpected: number;
  readonly sequence: number;
  readonly hasMore: boolean;
}

const NESN = 0x04;
const SN = 0x08;
const MD = 0x10;

export function encodeDataPdu(llid: number, flags: PduFlags, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + payload.length);
  bytes[0] = llid | (flags.nextExpected ? NESN : 0) | (flags.sequence ? SN : 0) | (flags.hasMore ? MD : 0);
  bytes[1] = payload.length;
  bytes.set(payload, 2);
  return bytes;
}

/** Refuses a length that is not that of the payload: on the air the CRC would have been elsewhere. */
export function decodeDataPdu(bytes: Uint8Array): DataPdu {
  const reader = new LittleEndianReader(bytes);
  const header = reader.uint8();
  const payload = reader.octets(reader.uint8());
  reader.end();
  if ((header & 3) === 0) refuse('frameInvalid');
  return {
    header,
    llid: header & 3,
    nextExpected: (header & NESN) === 0 ? 0 : 1,
    sequence: (header & SN) === 0 ? 0 : 1,
    hasMore: (header & MD) !== 0,
    payload,
  };
}

/** The first octet as CCM sees it: without NESN, SN and MD, which a repetition may change. */
export function authenticatedHeader(header: number): number {
  return header & ~(NESN | SN | MD);
}
