// SPDX-License-Identifier: Apache-2.0

/** Test code: members of one group, over any provider. */
import type { CryptoProvider } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { parseContent } from './content.ts';
import type { Membership } from './epoch.ts';
import { Group } from './group.ts';
import type { ContentSigning } from './signing.ts';

export const REFERENCE = 2;

function keyOfEpoch(provider: CryptoProvider, epoch: number) {
  return provider.secret(new Uint8Array(16).fill(epoch));
}

export function membershipOf(sender: number, change: Partial<Membership> = {}): Membership {
  return { reference: REFERENCE, epoch: 1, sender, firstBoot: 1, signed: false, ...change };
}

export function memberOf(
  provider: CryptoProvider,
  sender: number,
  change: Partial<Membership> = {},
  signing?: ContentSigning,
) {
  const membership = membershipOf(sender, change);
  const group = new Group(provider, signing, membership, keyOfEpoch(provider, membership.epoch));
  return {
    group,
    seal: (payload: Uint8Array, boot = 1) => group.seal(boot, payload),
    open(bytes: Uint8Array): Uint8Array {
      const content = parseContent(bytes);
      return content.reference === membership.reference
        ? (group.open(content) ?? refuse('credentialUnknown'))
        : refuse('groupUnknown');
    },
    advance: (epoch: number, more: Partial<Membership> = {}) =>
      group.advance({ ...membership, epoch, ...more }, keyOfEpoch(provider, epoch)),
  };
}
