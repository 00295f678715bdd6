// SPDX-License-Identifier: Apache-2.0

/**
 * What a PNE that joined by a code keeps of it, sealed: its private key from before it first asks, then all that the
 * server said, in one change. Only after that is the secret overwritten where it lies, if that can be written. Whenever
 * the power fails, the PNE has joined, or comes again with the same key.
 */
import { decodeBareGrant } from '../authorization/bare.ts';
import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider, PrivateKey } from '../crypto/provider.ts';
import { ownCredential, wholeCredential } from '../handshake/compact-credential.ts';
import type { Credential, Identity } from '../handshake/credential.ts';
import { refuse } from '../refusal.ts';
import { Purpose, type SealedStore, type StoreChange } from '../store/store.ts';
import type { Membership } from './onboarding.ts';

const NOTHING = new Uint8Array(0);
const SERVER = 0;
const GATEWAY = 1;

/** Who a PNE is and whom it trusts. */
export interface Member {
  readonly own: Identity;
  readonly server: Credential;
  readonly gateway: Credential;
}

/** Undefined where the PNE has not joined. Refuses what the store refuses, and `notProvisioned` where a part is missing. */
export function openMember(provider: CryptoProvider, store: SealedStore, pneId: string): Member | undefined {
  const server = store.read(Purpose.credential, SERVER);
  if (server === undefined) return undefined;
  const gateway = store.read(Purpose.credential, GATEWAY) ?? refuse('notProvisioned');
  const privateKey = store.read(Purpose.identity, 0)?.privateKey ?? refuse('notProvisioned');
  return {
    own: { privateKey, credential: ownCredential(privateKey.publicKey, pneId) },
    server: wholeCredential(provider, server.data),
    gateway: wholeCredential(provider, gateway.data),
  };
}

/** The key that the PNE joins with, made where there is none. Refuses what the store refuses: nothing may be sent then. */
export function openOwnKey(provider: CryptoProvider, store: SealedStore): PrivateKey {
  const known = store.read(Purpose.identity, 0)?.privateKey;
  if (known !== undefined) return known;
  const privateKey = provider.generateKey(Curve.P256);
  store.write(Purpose.identity, 0, { data: NOTHING, privateKey });
  return privateKey;
}

/**
 * Refuses what is no credential, what is no grant of the server at this end, and what the store refuses: then the PNE has
 * not joined.
 */
export function keepMembership(
  provider: CryptoProvider,
  store: SealedStore,
  { server, gateway, grant }: Membership,
): void {
  for (const credential of [server, gateway]) wholeCredential(provider, credential);
  const changes: StoreChange[] = [
    { purpose: Purpose.credential, index: SERVER, record: { data: server } },
    { purpose: Purpose.credential, index: GATEWAY, record: { data: gateway } },
  ];
  if (grant.length > 0) {
    decodeBareGrant(grant);
    changes.push({ purpose: Purpose.grant, index: 0, record: { data: grant } });
  }
  store.change(changes);
}
