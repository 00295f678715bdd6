// SPDX-License-Identifier: Apache-2.0

/**
 * What a user's one-time code is for: whoever has its secret proves at a gateway that he is the user, to the server
 * that made the code. The secret itself goes nowhere, and what is sent in its place is for one gateway and one PNE.
 *
 *     key   = HKDF(secret, user)
 *     proof = HKDF-Expand(HKDF-Extract(info, key), info, 16)
 *     info  = [label: tstr, gateway: tstr, pne-id: tstr, user: tstr]
 */
import { encodeUtf8 } from '../bytes/utf8.ts';
import { encodeFlat } from '../cbor/flat.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { UserLabel } from './labels.ts';

export const USER_PROOF_BYTES = 16;
const CODE_KEY_BYTES = 16;

export interface UserClaim {
  readonly gateway: string;
  readonly pneId: string;
  readonly user: string;
}

/** What a server keeps of a code. The caller wipes it; `secret` stays the caller's. */
export function userCodeKey(provider: CryptoProvider, user: string, secret: Secret): Secret {
  const prk = provider.extract(Algorithm.SHA_256, encodeUtf8(user), secret);
  try {
    return provider.expandSecret(Algorithm.SHA_256, prk, encodeUtf8(UserLabel.code), CODE_KEY_BYTES);
  } finally {
    prk.wipe();
  }
}

/** By which a gateway shows that this user was there, for this PNE. */
export function userProof(
  provider: CryptoProvider,
  key: Secret,
  { gateway, pneId, user }: UserClaim,
): Uint8Array {
  const info = encodeFlat([UserLabel.proof, gateway, pneId, user]);
  const prk = provider.extract(Algorithm.SHA_256, info, key);
  try {
    return provider.expand(Algorithm.SHA_256, prk, info, USER_PROOF_BYTES);
  } finally {
    prk.wipe();
  }
}
