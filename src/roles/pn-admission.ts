// SPDX-License-Identifier: Apache-2.0

/** Who may be in its PN at a gateway: by grants, and by what the server says of where PNEs are to be. */
import type { ShownGrants } from '../authorization/authority.ts';
import { mayInPn } from '../authorization/membership.ts';
import type { Credential } from '../handshake/credential.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';

export interface PnAdmissionOptions {
  readonly grants: ShownGrants;
  readonly pn: number;
  onRefused(reason: ReasonName, pneId: string | undefined): void;
}

export class PnAdmission {
  private readonly options: PnAdmissionOptions;
  /** PNEs that are to be at another gateway. */
  private readonly elsewhere = new Set<string>();

  constructor(options: PnAdmissionOptions) {
    this.options = options;
  }

  place(pneId: string, isHere: boolean): void {
    if (isHere) this.elsewhere.delete(pneId);
    else this.elsewhere.add(pneId);
  }

  /** Another server, or the same anew: it tells again. */
  clear(): void {
    this.elsewhere.clear();
  }

  isElsewhere(pneId: string | undefined): boolean {
    return pneId !== undefined && this.elsewhere.has(pneId);
  }

  mayJoin(pneId: string | undefined): boolean {
    const { grants, pn } = this.options;
    return !this.isElsewhere(pneId) && mayInPn(grants, pn, pneId, 'pn-join');
  }

  /** Wherever it is to be: what it said here before still passes. */
  isGranted(pneId: string | undefined): boolean {
    return mayInPn(this.options.grants, this.options.pn, pneId, 'pn-join');
  }

  /** Refuses a PNE that has proved itself and has no grant for this PN: neither here already, nor to show. */
  admit(peer: Credential, grant: Uint8Array | undefined): void {
    const { grants, onRefused } = this.options;
    const refusal = grant === undefined ? undefined : refusalOf(() => grants.take(peer, grant));
    if (!this.mayJoin(peer.subject)) refuse(refusal ?? 'notAuthorized');
    // A PNE does not know which of its grants are out of date: one that is here already does as well.
    if (refusal !== undefined) onRefused(refusal, peer.subject);
  }
}

function refusalOf(work: () => void): ReasonName | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.reasonName;
  }
}
