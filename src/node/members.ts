// SPDX-License-Identifier: Apache-2.0

/** The devices of a server or a gateway that keeps them in memory, and what they may do. */
import { Authority } from '../authorization/authority.ts';
import { DEFAULT_PN, membership } from '../authorization/membership.ts';
import type { Scope } from '../authorization/scope.ts';
import type { Credential, CredentialStore } from '../handshake/credential.ts';
import { refuse } from '../refusal.ts';
import { createCredentialIndex } from './credential-index.ts';

interface Known {
  readonly credential: Credential;
  /** Of its newest grant, or, where it has none, of the next. */
  sequence: number;
}

export class Members {
  /** As long as the process lives: what is granted is over when it is revoked. */
  readonly grants = new Authority({ now: () => 0 });
  private readonly known = new Map<string, Known>();
  /** Of those that were removed: a grant that they had counts no more when they come again. */
  private readonly sequences = new Map<string, number>();
  private index: CredentialStore;

  readonly credentials: CredentialStore = { candidates: (idCred) => this.index.candidates(idCred) };

  /** Each may do what devices do in a PN. Refuses what `add` refuses. */
  constructor(credentials: readonly Credential[]) {
    this.index = createCredentialIndex(credentials);
    for (const credential of credentials) this.enter(credential);
  }

  get all(): readonly Credential[] {
    return [...this.known.values()].map(({ credential }) => credential);
  }

  /** The device of this name. */
  of(name: string): Credential | undefined {
    return this.known.get(name)?.credential;
  }

  /** Refuses `credentialInvalid` one without a name, with that of another, or with too common a reference. */
  add(credential: Credential): void {
    const index = createCredentialIndex([...this.all, credential]);
    this.enter(credential);
    this.index = index;
  }

  /** Nothing, where nobody has this name. */
  remove(name: string): void {
    if (!this.known.has(name)) return;
    this.sequences.set(name, this.revoke(name));
    this.known.delete(name);
    this.index = createCredentialIndex(this.all);
  }

  /** In place of what it had. Refuses `credentialUnknown`, and `grantInvalid` more rows than a grant has. */
  grant(name: string, more: Scope = []): void {
    const known = this.knownBy(name);
    const sequence = known.sequence + 1;
    this.grants.hold(name, membership(DEFAULT_PN, sequence, Number.MAX_SAFE_INTEGER, more));
    known.sequence = sequence;
  }

  /** Returns the least sequence of a grant that counts from now on. Refuses `credentialUnknown`. */
  revoke(name: string): number {
    const known = this.knownBy(name);
    known.sequence += 1;
    this.grants.revoke(name, known.sequence);
    return known.sequence;
  }

  private enter(credential: Credential): void {
    const name = credential.subject ?? refuse('credentialInvalid', 'a device has a name');
    this.known.set(name, { credential, sequence: this.sequences.get(name) ?? 0 });
    this.grant(name);
  }

  private knownBy(name: string): Known {
    return this.known.get(name) ?? refuse('credentialUnknown', `no device is called ${name}`);
  }
}
