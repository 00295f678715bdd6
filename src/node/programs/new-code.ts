// SPDX-License-Identifier: Apache-2.0

/** A code by which a device joins, made where its server is. */
import type { CryptoProvider, Secret } from '../../crypto/provider.ts';
import { invite } from '../invitations.ts';
import { checkCodeId, encodeCode } from '../onboarding-code.ts';
import type { KeyValueStore } from '../store/store.ts';

const SECRET_BYTES = 16;

/** What it takes to register a code: the server's store and root key, and the number of its network. */
export interface Registrar {
  readonly store: KeyValueStore;
  readonly provider: CryptoProvider;
  readonly root: Secret;
  readonly network: number;
}

/** Registers a new code. Whoever gets the secret wipes it. Refuses as `checkCodeId` and `invite` do. */
export async function newCode(
  registrar: Registrar,
  pneId: string,
): Promise<{ readonly secret: Uint8Array; readonly code: string }> {
  checkCodeId(pneId);
  const secret = newSecret(registrar.provider);
  await invite(registrar, pneId, registrar.provider.secret(secret));
  return { secret, code: encodeCode({ pneId, secret, network: registrar.network }) };
}

export function newSecret(provider: CryptoProvider): Uint8Array {
  const secret = new Uint8Array(SECRET_BYTES);
  provider.fillRandom(secret);
  return secret;
}
