// SPDX-License-Identifier: Apache-2.0

/** The PNE of a run that joins by a code: what the server knows of it before, and after. */
import { DEFAULT_PN, lastingMembership, serverGrant } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential, CredentialStore } from '../../src/handshake/credential.ts';
import { openDevices } from '../../src/node/devices.ts';
import { invite, openInvitations } from '../../src/node/invitations.ts';
import { encodeCode, networkOf } from '../../src/node/onboarding-code.ts';
import { createMemoryStore } from '../../src/node/store/memory.ts';
import type { Invitations } from '../../src/roles/onboarding-acceptance.ts';

const ROOT_BYTES = 32;
const SECRET_BYTES = 16;

export interface Joining {
  readonly pneId: string;
  onCode(code: string): void;
  onJoined(): void;
}

export interface JoiningPne {
  /** What goes into its store. */
  readonly secret: Uint8Array;
  readonly invitations: Invitations;
  /** These, and the PNE once it has joined. */
  beside(provisioned: CredentialStore): CredentialStore;
}

/** Makes a code, registers it, and tells of it. */
export async function inviteJoining(
  provider: CryptoProvider,
  server: Credential,
  { pneId, onCode }: Joining,
): Promise<JoiningPne> {
  const store = createMemoryStore();
  const root = provider.secret(random(provider, ROOT_BYTES));
  const secret = random(provider, SECRET_BYTES);
  await invite({ store, provider, root }, pneId, provider.secret(secret));
  const fail = (error: Error) => {
    throw error;
  };
  const grants = lastingMembership([pneId]);
  const devices = await openDevices({ store, onChanged(): void {}, onFailed: fail });
  const invitations = await openInvitations({
    ...{ store, provider, root },
    grantOf: () => serverGrant(grants, DEFAULT_PN, pneId)!,
    // Grants are given to all of a run beforehand.
    granting: async () => ({}),
    onRegistered: () => devices.refresh(),
    onFailed: fail,
  });
  onCode(encodeCode({ pneId, secret, network: networkOf(server.cred) }));
  return {
    secret,
    invitations,
    beside: (provisioned) => ({
      candidates: (idCred) => [...provisioned.candidates(idCred), ...devices.credentials.candidates(idCred)],
    }),
  };
}

function random(provider: CryptoProvider, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  provider.fillRandom(bytes);
  return bytes;
}
