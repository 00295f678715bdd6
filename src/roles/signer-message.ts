// SPDX-License-Identifier: Apache-2.0

/**
 * Messages about the keys by which members of a group sign, inside protected records of CPNS-3 as those of
 * key-message.ts are:
 *
 *     signer-request = [12, reference, epoch: uint, sender: uint]               ; PNE -> server
 *     signer-key     = [13, reference, epoch: uint, sender: uint, key: bstr]    ; server -> PNE
 *
 * `key`: of P-256, sign ‖ x, as EAD_3 of an onboarding has it; empty where the server knows no such member in this epoch,
 * or the PNE that asks is none itself.
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import type { Signer } from '../groups/signing.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { KeyMessageType, MAX_EPOCH, numberOf } from './key-message.ts';

export interface SignerKey extends Signer {
  readonly key: Uint8Array;
}

const SIGNER_ITEMS = 4;
const KEY_BYTES = 33;

export function encodeSignerRequest({ reference, epoch, sender }: Signer): Uint8Array {
  return encodeFlat([KeyMessageType.signerRequest, reference, epoch, sender]);
}

export function encodeSignerKey({ reference, epoch, sender, key }: SignerKey): Uint8Array {
  return encodeFlat([KeyMessageType.signerKey, reference, epoch, sender, key]);
}

/** Refuses `messageInvalid` whatever is not exactly that. */
export function decodeSignerRequest(bytes: Uint8Array): Signer {
  const items = decodeFlat(bytes);
  if (items[0] !== KeyMessageType.signerRequest || items.length !== SIGNER_ITEMS) refuse('messageInvalid');
  return signerIn(items);
}

/** Owns the key. Refuses `messageInvalid` whatever is not exactly that. */
export function decodeSignerKey(bytes: Uint8Array): SignerKey {
  const items = decodeFlat(bytes);
  const key = items[SIGNER_ITEMS];
  const isOne = items[0] === KeyMessageType.signerKey && items.length === SIGNER_ITEMS + 1;
  if (!isOne || typeof key !== 'object') return refuse('messageInvalid');
  if (key.length !== 0 && (key.length !== KEY_BYTES || key[0]! > 1)) refuse('messageInvalid');
  return { ...signerIn(items), key };
}

function signerIn(items: readonly FlatItem[]): Signer {
  const { maxGroupReference, groupMaxMembers } = ImplementationLimits;
  return {
    reference: numberOf(items[1], maxGroupReference),
    epoch: numberOf(items[2], MAX_EPOCH),
    sender: numberOf(items[3], groupMaxMembers - 1),
  };
}
