// SPDX-License-Identifier: Apache-2.0

/**
 * The gateways that a PNE trusts: the one that it was given, and the one that its server has named last, which is kept,
 * sealed, so that a restart does not part it from its PN.
 */
import { equalBytes } from '../../src/bytes/compare.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { compactCredential, wholeCredential } from '../../src/handshake/compact-credential.ts';
import { type Credential, type CredentialStore, ccsCredential } from '../../src/handshake/credential.ts';
import { Refusal } from '../../src/refusal.ts';
import { Purpose, type SealedStore } from '../../src/store/store.ts';

/** Of the records of peers, behind those of src/roles/stored-resumption.ts. */
const INDEX = 2;

export class TrustedGateways implements CredentialStore {
  private readonly own: CredentialStore;
  private readonly store: SealedStore;
  private named: Credential | undefined;

  /** What cannot be read of the store is none. */
  constructor(provider: CryptoProvider, store: SealedStore, own: CredentialStore) {
    this.own = own;
    this.store = store;
    this.named = readNamed(provider, store);
  }

  candidates(idCred: Uint8Array): readonly Credential[] {
    const { named } = this;
    const given = this.own.candidates(idCred);
    return named !== undefined && equalBytes(named.idCred, idCred) ? [...given, named] : given;
  }

  /**
   * Trusts the gateway of this CCS in place of the one that was named before. Returns whether it did not before.
   * Refuses what is no credential, and what the store refuses. One that is too long for the store is trusted until
   * the next start.
   */
  trust(ccs: Uint8Array): boolean {
    const credential = ccsCredential(ccs);
    const namesakes = this.candidates(credential.idCred);
    if (namesakes.some(({ cred }) => equalBytes(cred, credential.cred))) return false;
    const data = compactCredential(credential);
    if (data === undefined) this.store.remove(Purpose.peer, INDEX);
    else this.store.write(Purpose.peer, INDEX, { data });
    this.named = credential;
    return true;
  }
}

function readNamed(provider: CryptoProvider, store: SealedStore): Credential | undefined {
  try {
    const data = store.read(Purpose.peer, INDEX)?.data;
    return data && wholeCredential(provider, data);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
