// SPDX-License-Identifier: Apache-2.0

/** The service groups of a device on Node. */
import type { Membership } from '../groups/epoch.ts';
import type { PneKeys } from '../roles/pne-keys.ts';
import {
  createGroup,
  discoverGroups,
  type FoundGroup,
  groupsIn,
  referenceIn,
  removeMember,
  transferGroup,
} from '../roles/service-wishes.ts';
import type { Joining } from './joining.ts';
import { attempt, type Wished, type Wishes } from './wishes.ts';

/** What a group is for, by a name of the application's; and whether its members sign what they say. */
export interface GroupTerms {
  readonly service?: string;
  readonly signed?: boolean;
}

/**
 * Each wish resolves once the server has answered, however long that takes, and takes a grant for it (`--may` of `admin
 * grant`, or `grant` of a server of one's own). `reference`: the number of a group, the same for all.
 */
export interface DeviceGroups {
  /** Of which it has the key, PNs among them. */
  readonly held: readonly Membership[];
  /**
   * Makes a group that it owns and is a member of, and resolves with its reference once it has the key. One that it
   * owns by this name is that already. Takes `group-create` and `group-own`. Refused: `groupFull` above 8.
   */
  create(name: string, terms?: GroupTerms): Promise<Wished<number>>;
  /** Groups that it may know of, by `group-discover`; `service`: of that alone. */
  discover(service?: string): Promise<Wished<readonly FoundGroup[]>>;
  /** Becomes a member, by `group-join`, and resolves once it has the key. Refused: `keyWithheld`. */
  join(reference: number): Promise<Wished>;
  /** Is none any more; that takes no grant. Refused: `groupUnknown` where it is none. */
  leave(reference: number): Promise<Wished>;
  /** Hands a group that it owns on to another member, which may own it. Takes `group-transfer`. */
  transfer(reference: number, pneId: string): Promise<Wished>;
  /** Removes a member of a group that it owns. Takes `group-remove`. */
  remove(reference: number, pneId: string): Promise<Wished>;
  /**
   * Sends a value to the other members that are there just now, sealed under the group's key: once, and nobody confirms
   * it. Refused: `groupUnknown` where it is no member, `stateInvalid` before the server knows of its start.
   */
  publish(reference: number, value: unknown): Wished;
}

export function deviceGroups(keys: PneKeys, wishes: Wishes, joining: Joining): DeviceGroups {
  const done = () => undefined;
  return {
    get held(): readonly Membership[] {
      return keys.groups;
    },
    async create(name, { service, signed = false } = {}): Promise<Wished<number>> {
      const created = await wishes.ask(createGroup(name, service, { signed }), referenceIn);
      if (!created.ok) return created;
      const arrived = await joining.arrival(created.value);
      return arrived.ok ? created : arrived;
    },
    discover: (service) => wishes.list((former) => discoverGroups(former?.next, service), groupsIn),
    join: (reference) => joining.join(reference),
    leave: (reference) => joining.leave(reference),
    transfer: (reference, pneId) => wishes.ask(transferGroup(reference, pneId), done),
    remove: (reference, pneId) => wishes.ask(removeMember(reference, pneId), done),
    publish: (reference, value) => attempt(() => keys.publish(reference, value)),
  };
}
