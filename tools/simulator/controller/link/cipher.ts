// SPDX-License-Identifier: Apache-2.0

/** Encryption of a connection (Core Specification Vol 6 Part E): AES-128-CCM with a MIC of 4 octets. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { authenticatedHeader } from './data-pdu.ts';

/** What both ends put into LL_ENC_REQ and LL_ENC_RSP, in the order of the air. */
export interface Diversifiers {
  /** SKD_C and IV_C: 8 and 4 octets. */
  readonly central: { readonly skd: Uint8Array; readonly iv: Uint8Array };
  /** SKD_P and IV_P. */
  readonly peripheral: { readonly skd: Uint8Array; readonly iv: Uint8Array };
}

export interface Session {
  /** Most significant octet first, as AES takes it. */
  readonly key: Uint8Array;
  /** As it is on the air: IV_C, IV_P. */
  readonly iv: Uint8Array;
}

export const SKD_OCTETS = 8;
export const IV_OCTETS = 4;
export const MIC_OCTETS = 4;

const CIPHER = 'aes-128-ccm';
const COUNTER_OCTETS = 5;
const COUNTER_LIMIT = 2 ** 39;

/** Derives the session key. `longTermKey` is least significant octet first, as HCI gives it. */
export function deriveSession(longTermKey: Uint8Array, { central, peripheral }: Diversifiers): Session {
  const skd = Uint8Array.of(...central.skd, ...peripheral.skd);
  return {
    key: encryptBlock(longTermKey.slice().reverse(), skd.reverse()),
    iv: Uint8Array.of(...central.iv, ...peripheral.iv),
  };
}

/** AES-128 of one block, both most significant octet first: the security function e. */
export function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(block), cipher.final()]));
}

/** One direction of an encrypted connection, with its packet counter. */
export class DirectionCipher {
  private readonly session: Session;
  private readonly direction: 'toPeripheral' | 'toCentral';
  private counter = 0;

  constructor(session: Session, direction: 'toPeripheral' | 'toCentral') {
    this.session = session;
    this.direction = direction;
  }

  /** Returns the encrypted payload and its MIC. Each call takes a counter. */
  seal(header: number, payload: Uint8Array): Uint8Array {
    const cipher = createCipheriv(CIPHER, this.session.key, this.nonce(), { authTagLength: MIC_OCTETS });
    cipher.setAAD(additionalData(header), { plaintextLength: payload.length });
    const encrypted = [cipher.update(payload), cipher.final()];
    this.counter += 1;
    return new Uint8Array(Buffer.concat([...encrypted, cipher.getAuthTag()]));
  }

  /** Returns the payload, or undefined where the MIC is wrong; the counter stays then. */
  open(header: number, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - MIC_OCTETS;
    if (length <= 0) return undefined;
    const cipher = createDecipheriv(CIPHER, this.session.key, this.nonce(), { authTagLength: MIC_OCTETS });
    cipher.setAuthTag(sealed.subarray(length));
    cipher.setAAD(additionalData(header), { plaintextLength: length });
    try {
      const opened = [cipher.update(sealed.subarray(0, length)), cipher.final()];
      this.counter += 1;
      return new Uint8Array(Buffer.concat(opened));
    } catch {
      return undefined;
    }
  }

  /** Packet counter of 39 bits, direction bit, IV. */
  private nonce(): Uint8Array {
    if (this.counter >= COUNTER_LIMIT) throw new RangeError('the packet counter is used up');
    const nonce = new Uint8Array(COUNTER_OCTETS + this.session.iv.length);
    for (let at = 0, rest = this.counter; at < COUNTER_OCTETS; at += 1, rest = Math.floor(rest / 256)) {
      nonce[at] = rest % 256;
    }
    if (this.direction === 'toPeripheral') nonce[COUNTER_OCTETS - 1]! |= 0x80;
    nonce.set(this.session.iv, COUNTER_OCTETS);
    return nonce;
  }
}

function additionalData(header: number): Uint8Array {
  return Uint8Array.of(authenticatedHeader(header));
}
