// SPDX-License-Identifier: Apache-2.0

import type { LinkEvidence } from '../link/attestation.ts';

/** What one entity accepts on one axis. */
export interface Terms {
  /** Mechanism numbers, most wanted first. */
  readonly accepted: readonly number[];
  /** Bits. Whatever is weaker is neither offered nor chosen, accepted or not. */
  readonly floor: number;
}

/** What one entity accepts for messages in one direction. */
export interface ProtectionTerms {
  readonly integrity: Terms;
  readonly confidentiality: Terms;
}

/**
 * What one entity accepts on one interface. Directions are those of the handshake: `toResponder` are the
 * messages that its Initiator sends.
 */
export interface Policy {
  readonly authentication: Terms;
  readonly toResponder: ProtectionTerms;
  readonly toInitiator: ProtectionTerms;
}

/** One end of a negotiation: its policy, and what it can do here and now. */
export interface Side {
  readonly policy: Policy;
  /** EDHOC methods this end holds credentials for, 4 for PSK. */
  readonly methods: readonly number[];
  /** Whether this end's records can be protected with a COSE algorithm. */
  supports(algorithm: number): boolean;
  /** What the link may realise. undefined: nothing. */
  readonly evidence: LinkEvidence | undefined;
}
