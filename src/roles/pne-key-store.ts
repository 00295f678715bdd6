// SPDX-License-Identifier: Apache-2.0

/**
 * A PNE's keys in its sealed store:
 *
 *     userKey:          data = [epoch: uint], and the key
 *     pnKey, groupKey:  data = [reference: uint, epoch: uint, sender: uint, first-boot: uint, signed: 0 / 1], and the key
 */
import { decodeFlat, encodeFlat, type FlatItem } from '../cbor/flat.ts';
import type { Secret } from '../crypto/provider.ts';
import type { Membership } from '../groups/epoch.ts';
import { isPersonalNetwork, USER_KEY } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { Purpose, type SealedStore } from '../store/store.ts';

/** Where the key of a group lies. */
export interface Place {
  readonly purpose: Purpose;
  readonly index: number;
}

export interface KeptGroup {
  readonly place: Place;
  readonly membership: Membership;
  /** Whoever gets it wipes it. */
  readonly key: Secret;
}

export interface KeptUserKey {
  readonly epoch: number;
  readonly key: Secret;
}

const USER_PLACE: Place = Object.freeze({ purpose: Purpose.userKey, index: 0 });

const { pneMaxGroups, pneMaxNetworks } = ImplementationLimits;

/** Those of groups: each is one object, by which it is told. */
const PLACES: readonly Place[] = Object.freeze([
  ...placesOf(Purpose.pnKey, pneMaxNetworks),
  ...placesOf(Purpose.groupKey, pneMaxGroups),
]);

function placesOf(purpose: Purpose, count: number): Place[] {
  return Array.from({ length: count }, (_, index) => Object.freeze({ purpose, index }));
}

/** What cannot be read is none: the server sends it again. */
export class PneKeyStore {
  private readonly store: SealedStore;
  private readonly onRefused: (reason: ReasonName) => void;

  constructor(store: SealedStore, onRefused: (reason: ReasonName) => void) {
    this.store = store;
    this.onRefused = onRefused;
  }

  userKey(): KeptUserKey | undefined {
    return this.read(USER_PLACE, ([epoch], key) => ({ epoch: numberOf(epoch), key }));
  }

  groups(): KeptGroup[] {
    const kept: KeptGroup[] = [];
    for (const place of PLACES)
      this.read(place, (items, key) => kept.push({ place, membership: membershipOf(items), key }));
    return kept;
  }

  /** The first place that a new group of its kind may have. Refuses `groupFull`. */
  placeFor(reference: number, taken: readonly Place[]): Place {
    const wanted = isPersonalNetwork(reference) ? Purpose.pnKey : Purpose.groupKey;
    const isFree = (place: Place) => place.purpose === wanted && !taken.includes(place);
    return PLACES.find(isFree) ?? refuse('groupFull');
  }

  keepUserKey({ epoch, key }: KeptUserKey): void {
    this.store.write(USER_PLACE.purpose, USER_PLACE.index, { data: encodeFlat([epoch]), key });
  }

  keepGroup({ place: { purpose, index }, membership, key }: KeptGroup): void {
    const { reference, epoch, sender, firstBoot, signed } = membership;
    const data = encodeFlat([reference, epoch, sender, firstBoot, signed ? 1 : 0]);
    this.store.write(purpose, index, { data, key });
  }

  forgetUserKey(): void {
    this.forget(USER_PLACE);
  }

  forget({ purpose, index }: Place): void {
    this.store.remove(purpose, index);
  }

  private read<Kept>(
    { purpose, index }: Place,
    make: (items: readonly FlatItem[], key: Secret) => Kept,
  ): Kept | undefined {
    try {
      const record = this.store.read(purpose, index);
      if (record === undefined) return undefined;
      return make(decodeFlat(record.data), record.key ?? refuse('recordInvalid'));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.onRefused(error.reasonName);
      return undefined;
    }
  }
}

function membershipOf([reference, epoch, sender, firstBoot, signed]: readonly FlatItem[]): Membership {
  const of = numberOf(reference);
  if (of === USER_KEY) refuse('recordInvalid');
  return {
    reference: of,
    epoch: numberOf(epoch),
    sender: numberOf(sender),
    firstBoot: numberOf(firstBoot),
    signed: signed === 1,
  };
}

function numberOf(item: FlatItem | undefined): number {
  return typeof item === 'number' ? item : refuse('recordInvalid');
}
