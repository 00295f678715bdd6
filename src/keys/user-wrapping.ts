// SPDX-License-Identifier: Apache-2.0

/**
 * How a user key travels that is a user's, and not its device's own: as any other (wrapping.ts), bound to the user
 * besides.
 *
 *     nonce = 1 (1) | 0 (6) | epoch (6), big-endian
 *     AAD   = [label: tstr, reference: 0, epoch: uint, user: tstr]
 */
import { ByteWriter } from '../bytes/writer.ts';
import { encodeFlat } from '../cbor/flat.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { KeyLabel } from './labels.ts';
import { USER_KEY } from './reference.ts';
import { KEY_BYTES } from './wrapping.ts';

const WRAPPING_ALGORITHM = Algorithm.AES_CCM_16_64_128;
const TAG_BYTES = 8;
const NONCE_BYTES = 13;
const OF_A_USER = 1;
const NUMBER_BYTES = 6;

/** `above` and `key` are of 16 bytes. */
export function wrapUserKey(
  provider: CryptoProvider,
  above: Secret,
  user: string,
  epoch: number,
  key: Secret,
): Uint8Array {
  return provider.wrap(WRAPPING_ALGORITHM, above, nonceOf(epoch), aadOf(user, epoch), key);
}

/** The caller wipes what it gets. Refuses `keyUnwrapFailed` what `wrapUserKey` has not made for this user and epoch. */
export function unwrapUserKey(
  provider: CryptoProvider,
  above: Secret,
  user: string,
  epoch: number,
  wrapped: Uint8Array,
): Secret {
  if (wrapped.length !== KEY_BYTES + TAG_BYTES) refuse('keyUnwrapFailed');
  const [nonce, aad] = [nonceOf(epoch), aadOf(user, epoch)];
  return provider.unwrap(WRAPPING_ALGORITHM, above, nonce, aad, wrapped) ?? refuse('keyUnwrapFailed');
}

function aadOf(user: string, epoch: number): Uint8Array {
  return encodeFlat([KeyLabel.wrapped, USER_KEY, epoch, user]);
}

function nonceOf(epoch: number): Uint8Array {
  const nonce = new ByteWriter(NONCE_BYTES);
  nonce.uint8(OF_A_USER);
  nonce.uint(USER_KEY, NUMBER_BYTES);
  nonce.uint(epoch, NUMBER_BYTES);
  return nonce.finish();
}
