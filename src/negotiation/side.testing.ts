// SPDX-License-Identifier: Apache-2.0

/** Test code: sides, links and refusals. */
import * as assert from 'uvu/assert';
import type { LinkEvidence } from '../link/attestation.ts';
import { type ReasonName, Refusal } from '../refusal.ts';
import type { Policy, ProtectionTerms, Side, Terms } from './policy.ts';

/** What a bonded LE Secure Connections link shows, on a channel named by `channel`. */
export function bleEvidence(channel = 1): LinkEvidence {
  const binding = new Uint8Array(16).fill(channel);
  return { kind: 'ble', authentication: 20, integrity: 32, confidentiality: 128, binding };
}

export function tlsEvidence(channel = 1): LinkEvidence {
  const binding = new Uint8Array(16).fill(channel);
  return { kind: 'tls', authentication: 128, integrity: 128, confidentiality: 256, binding };
}

/** A side with every method and record algorithm, on a plain link, unless told otherwise. */
export function sideOf(policy: Policy, options: Partial<Omit<Side, 'policy'>> = {}): Side {
  return {
    policy,
    methods: [0, 1, 2, 3, 4],
    supports: (algorithm) => algorithm > 0,
    evidence: undefined,
    ...options,
  };
}

export function termsOf(floor: number, ...accepted: number[]): Terms {
  return { accepted, floor };
}

/** A policy that treats both directions alike. */
export function policyOf(authentication: Terms, protection: ProtectionTerms): Policy {
  return { authentication, toResponder: protection, toInitiator: protection };
}

/** Returns why `run` was refused, or undefined where it was not. Anything but a Refusal passes through. */
export function refusalOf(run: () => unknown): ReasonName | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.reasonName;
    throw error;
  }
}

export function refuses(reason: ReasonName, run: () => unknown): void {
  assert.is(refusalOf(run), reason);
}
