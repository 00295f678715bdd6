// SPDX-License-Identifier: Apache-2.0

/** The groups that a PNE is a member of: each with its place in the store, which is written first. */
import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { Membership } from '../groups/epoch.ts';
import { Group } from '../groups/group.ts';
import type { ContentSigning } from '../groups/signing.ts';
import { proofOf } from '../keys/wrapping.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';
import { refuse } from '../refusal.ts';
import { type KeyUpdate, Terms } from './key-message.ts';
import type { Place, PneKeyStore } from './pne-key-store.ts';

export interface PneGroupsOptions {
  readonly provider: CryptoProvider;
  readonly store: PneKeyStore;
  readonly after: After;
  readonly signing?: ContentSigning;
  onGroup(reference: number, membership: Membership | undefined): void;
}

interface HeldGroup {
  readonly place: Place;
  readonly group: Group;
  /** Of the present key. */
  proof: Uint8Array;
  grace: RunningTimer | undefined;
}

export class PneGroups {
  private readonly options: PneGroupsOptions;
  private readonly held = new Map<number, HeldGroup>();

  constructor(options: PneGroupsOptions) {
    this.options = options;
  }

  get memberships(): Membership[] {
    return [...this.held.values()].map(({ group }) => group.membership);
  }

  /** Takes what is stored. */
  restore(): void {
    const { provider, store } = this.options;
    for (const { place, membership, key } of store.groups())
      this.hold(place, membership, key, proofOf(provider, key, membership.reference, membership.epoch));
  }

  /** Refuses `groupUnknown`. */
  group(reference: number): Group {
    return (this.held.get(reference) ?? refuse('groupUnknown')).group;
  }

  epochOf(reference: number): number | undefined {
    return this.held.get(reference)?.group.membership.epoch;
  }

  /**
   * Takes the key of this epoch, or of a later one, over. Refuses what the store refuses, `groupFull` where it has no
   * room, and `messageInvalid` a first key without a seat; nothing has changed then.
   */
  take(update: KeyUpdate, boot: number, key: Secret, proof: Uint8Array): void {
    const { reference, epoch } = update;
    const known = this.held.get(reference);
    const isSameEpoch = known?.group.membership.epoch === epoch;
    // It has been proved before, and the server has not heard of it. Taken anew, numbers under it would begin anew.
    if (isSameEpoch && equalBytes(known!.proof, proof)) return key.wipe();
    const membership = membershipOf(update, boot, known?.group.membership);
    const place = known?.place ?? this.placeFor(reference);
    this.options.store.keepGroup({ place, membership, key });
    if (known === undefined || isSameEpoch) this.hold(place, membership, key, proof);
    else this.advance(known, membership, key, proof);
    if (((update.seat?.terms ?? 0) & Terms.noGrace) !== 0) this.group(reference).endFormer();
    this.options.onGroup(reference, membership);
  }

  /** It is gone from the store first: a key that was revoked never returns. */
  destroy(reference: number): void {
    const held = this.held.get(reference);
    if (held === undefined) return;
    this.options.store.forget(held.place);
    this.held.delete(reference);
    release(held);
    this.options.onGroup(reference, undefined);
  }

  private placeFor(reference: number): Place {
    const taken = [...this.held.values()].map(({ place }) => place);
    return this.options.store.placeFor(reference, taken);
  }

  private hold(place: Place, membership: Membership, key: Secret, proof: Uint8Array): void {
    const { provider, signing } = this.options;
    release(this.held.get(membership.reference));
    const group = new Group(provider, signing, membership, key);
    this.held.set(membership.reference, { place, group, proof, grace: undefined });
  }

  private advance(held: HeldGroup, membership: Membership, key: Secret, proof: Uint8Array): void {
    const { group } = held;
    held.grace?.cancel();
    group.advance(membership, key);
    held.proof = proof;
    held.grace = this.options.after(ImplementationLimits.groupGraceMs, () => group.endFormer());
  }
}

/** A seat is left out where it has not changed, and this is the boot that the key was made in. */
function membershipOf(
  { reference, epoch, seat }: KeyUpdate,
  boot: number,
  former: Membership | undefined,
): Membership {
  const { sender, signed } = former ?? { sender: undefined, signed: false };
  return {
    reference,
    epoch,
    sender: seat?.sender ?? sender ?? refuse('messageInvalid'),
    firstBoot: boot - (seat?.boots ?? 0),
    signed: seat === undefined ? signed : (seat.terms & Terms.signed) !== 0,
  };
}

function release(held: HeldGroup | undefined): void {
  held?.grace?.cancel();
  held?.group.destroy();
}
