// SPDX-License-Identifier: Apache-2.0

import type { CryptoProvider } from '../crypto/provider.ts';
import type { Credential, CredentialStore } from '../handshake/credential.ts';
import { refuse } from '../refusal.ts';
import type { Claims } from './claims.ts';
import { confirms } from './confirmation.ts';
import { type GrantVerification, openGrant } from './grant.ts';
import type { Scope } from './scope.ts';

/** What a receiver asks before it decides. */
export interface Grants {
  /** What is granted to this subject now: nothing, where no grant for it holds. */
  scopeOf(name: string | undefined): Scope;
  /** The grant behind that. */
  grantOf(name: string | undefined): HeldGrant | undefined;
}

/** The same of an entity to which subjects show their grants. */
export interface ShownGrants extends Grants {
  /** Takes a grant that its subject shows, who has proved this credential. Refuses it, and holds what it held. */
  take(peer: Credential, grant: Uint8Array): void;
}

export interface HeldGrant {
  readonly sequence: number;
  readonly scope: Scope;
  /** Seconds that are left. */
  readonly seconds: number;
}

export interface AuthorityOptions {
  /** Seconds since 1970. */
  now(): number;
  /** Where subjects show grants: what it takes to believe one. */
  readonly shown?: Shown;
}

export interface Shown {
  readonly provider: Pick<CryptoProvider, 'hash'>;
  /** The audience that this entity is. */
  readonly audience: number;
  readonly verification: GrantVerification;
  /** Those who may show grants. */
  readonly known: CredentialStore;
}

interface Held {
  readonly sequence: number;
  readonly scope: Scope;
  /** Seconds since 1970. */
  readonly exp: number;
}

/**
 * The grants by which an entity with a clock decides, by the names of their subjects, and what was revoked. Of one
 * subject it holds the newest: nothing that came before is taken again.
 */
export class Authority implements ShownGrants {
  private readonly options: AuthorityOptions;
  private readonly held = new Map<string, Held>();
  private readonly minimums = new Map<string, number>();

  constructor(options: AuthorityOptions) {
    this.options = options;
  }

  /** Takes a grant of the issuer itself: out of its session with this entity, or out of this one's own store. */
  hold(name: string, { sequence, scope, expiry }: Claims): void {
    const exp = 'exp' in expiry ? expiry.exp : this.options.now() + expiry.exi;
    if (exp <= this.options.now()) refuse('grantExpired');
    const isOld =
      sequence < (this.minimums.get(name) ?? 0) || sequence < (this.held.get(name)?.sequence ?? 0);
    if (isOld) refuse('grantRevoked');
    this.held.set(name, { sequence, scope, exp });
  }

  take(peer: Credential, grant: Uint8Array): void {
    const { provider, audience, verification, known } = this.options.shown ?? refuse('grantInvalid');
    const claims = openGrant(grant, verification);
    if (claims.audience !== audience) refuse('audienceMismatch');
    const { confirmation, expiry } = claims;
    if (confirmation === undefined || !confirms(provider, confirmation, peer, known))
      refuse('subjectMismatch');
    // Whoever shows it again later would have it for longer (RFC 9200 section 5.10.3).
    if (!('exp' in expiry)) refuse('grantInvalid');
    this.hold(peer.subject ?? refuse('subjectMismatch'), claims);
  }

  /** From now on no grant of this subject holds whose sequence is below the minimum. It never falls. */
  revoke(name: string, minimum: number): void {
    this.minimums.set(name, Math.max(minimum, this.minimums.get(name) ?? 0));
    const held = this.held.get(name);
    if (held !== undefined && held.sequence < minimum) this.held.delete(name);
  }

  scopeOf(name: string | undefined): Scope {
    return this.heldAt(this.options.now(), name)?.scope ?? [];
  }

  grantOf(name: string | undefined): HeldGrant | undefined {
    const now = this.options.now();
    const held = this.heldAt(now, name);
    return held && { sequence: held.sequence, scope: held.scope, seconds: held.exp - now };
  }

  private heldAt(now: number, name: string | undefined): Held | undefined {
    const held = name === undefined ? undefined : this.held.get(name);
    return held !== undefined && held.exp > now ? held : undefined;
  }
}
