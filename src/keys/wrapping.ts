// SPDX-License-Identifier: Apache-2.0

/**
 * How a key travels: 16 bytes under AES-CCM-16-64-128 and a key above it, 24 with the tag.
 *
 *     nonce = 0 (1) | reference (6) | epoch (6), big-endian
 *     AAD   = [label: tstr, reference: uint, epoch: uint]
 *
 * Under one key above, one reference and epoch are of one key: the same is wrapped again as the same bytes. Not
 * where the server's store was rolled back: it makes another key for an epoch that it had, and two under one nonce show how
 * they differ, to who sees both. A wrapped key passes inside records of CPNS-3 and CPNS-2 alone, whose ends have the keys.
 */
import { ByteWriter } from '../bytes/writer.ts';
import { encodeThree } from '../cbor/flat.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { KeyLabel } from './labels.ts';

export const KEY_BYTES = 16;
const PROOF_BYTES = 8;
const WRAPPING_ALGORITHM = Algorithm.AES_CCM_16_64_128;
const NONCE_BYTES = 13;
const NUMBER_BYTES = 6;

/** `above` and `key` are of 16 bytes. */
export function wrapKey(
  provider: CryptoProvider,
  above: Secret,
  reference: number,
  epoch: number,
  key: Secret,
): Uint8Array {
  return provider.wrap(WRAPPING_ALGORITHM, above, nonceOf(reference, epoch), aadOf(reference, epoch), key);
}

/** The caller wipes what it gets. Refuses `keyUnwrapFailed` what `wrapKey` has not made for this reference and epoch. */
export function unwrapKey(
  provider: CryptoProvider,
  above: Secret,
  reference: number,
  epoch: number,
  wrapped: Uint8Array,
): Secret {
  if (wrapped.length !== KEY_BYTES + 8) refuse('keyUnwrapFailed');
  const [nonce, aad] = [nonceOf(reference, epoch), aadOf(reference, epoch)];
  return provider.unwrap(WRAPPING_ALGORITHM, above, nonce, aad, wrapped) ?? refuse('keyUnwrapFailed');
}

/** What only a holder of the key can say, and what says nothing of the key: 8 bytes. */
export function proofOf(provider: CryptoProvider, key: Secret, reference: number, epoch: number): Uint8Array {
  const info = encodeThree(KeyLabel.proof, reference, epoch);
  const pseudorandomKey = provider.extract(Algorithm.SHA_256, info, key);
  try {
    return provider.expand(Algorithm.SHA_256, pseudorandomKey, info, PROOF_BYTES);
  } finally {
    pseudorandomKey.wipe();
  }
}

function aadOf(reference: number, epoch: number): Uint8Array {
  return encodeThree(KeyLabel.wrapped, reference, epoch);
}

function nonceOf(reference: number, epoch: number): Uint8Array {
  const nonce = new ByteWriter(NONCE_BYTES);
  nonce.uint8(0);
  nonce.uint(reference, NUMBER_BYTES);
  nonce.uint(epoch, NUMBER_BYTES);
  return nonce.finish();
}
