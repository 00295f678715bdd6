// SPDX-License-Identifier: Apache-2.0

/** PNs as a device or a gateway on Node asks for them. A device is in one at a time. */
import type { Capabilities } from '../roles/entity-message.ts';
import {
  addAdminee,
  assignAdmin,
  capabilitiesIn,
  changeAdmin,
  chooseNetwork,
  describeDevice,
  devicesIn,
  type FoundDevice,
  type FoundNetwork,
  listDevices,
  listNetworks,
  networksIn,
  referenceIn,
  releaseAdmin,
  releaseNetwork,
  removeMember,
  setUpNetwork,
  switchNetwork,
} from '../roles/service-wishes.ts';
import type { Joining } from './joining.ts';
import type { Wished, Wishes } from './wishes.ts';

/** Each wish resolves once the server has answered. `reference`: the number of a PN, the same for all. */
export interface NetworkWishes {
  /**
   * Sets up a PN that it owns, by `pn-setup`, and resolves with its reference. `own`: of itself and the gateway that it
   * is at, or of that gateway; `paired`: of all devices at that gateway that have `pn-join` and are in no PN; or of
   * itself and those that it lists, 16 at most. One that it owns by this name is that already. Refused: `networkTaken`
   * where one of them is in another.
   */
  setUp(name: string, members?: 'own' | 'paired' | readonly string[]): Promise<Wished<number>>;
  /** Those that it may choose, and the one that it is in. */
  list(): Promise<Wished<readonly FoundNetwork[]>>;
  /** Ends a PN that it owns. Takes `pn-release`. */
  release(reference: number): Promise<Wished>;
  /** Takes a device into a PN that it owns or administers, by `admin-add`; the device needs `pn-join`. */
  addAdminee(reference: number, pneId: string): Promise<Wished>;
  /** Takes one out of it. */
  removeAdminee(reference: number, pneId: string): Promise<Wished>;
  /** Makes a member of a PN that it owns an administrator, by `admin-assign`. Refused: `groupFull` above 8. */
  assignAdmin(reference: number, pneId: string): Promise<Wished>;
  /** Puts one member in the place of an administrator, by `admin-change`. */
  changeAdmin(reference: number, from: string, to: string): Promise<Wished>;
  /** Is an administrator no more; or another is none, in a PN that it owns. */
  releaseAdmin(reference: number, pneId?: string): Promise<Wished>;
  /**
   * Asks that a PN which it owns or administers moves to the gateway of this name, by `gateway-request`; the gateway
   * needs a grant to take it. Resolves when that is asked for: it moves once the gateway is there.
   */
  switchTo(reference: number, gateway: string): Promise<Wished>;
  /** The devices of a PN, by their ids, and whether the server knows a way to them. Takes `devices-read`. */
  devices(reference: number): Promise<Wished<readonly FoundDevice[]>>;
  /** What a device of a PN reports, and what its groups are for. Takes `devices-capabilities`. */
  describe(reference: number, pneId: string): Promise<Wished<Capabilities>>;
}

export interface DeviceNetworks extends NetworkWishes {
  /** Is in this PN from now on, by `pn-choose`, and in the one before no more. */
  choose(reference: number): Promise<Wished>;
  /** Is in this PN no more, and in none then; that takes no grant. */
  leave(reference: number): Promise<Wished>;
}

export function deviceNetworks(wishes: Wishes, joining: Joining): DeviceNetworks {
  return {
    ...networkWishes(wishes),
    choose: (reference) => wishes.ask(chooseNetwork(reference), done),
    leave: (reference) => joining.leave(reference),
  };
}

export function networkWishes(wishes: Wishes): NetworkWishes {
  return {
    setUp: (name, members) => wishes.ask(setUpNetwork(name, members), referenceIn),
    list: () => wishes.list((former) => listNetworks(former?.next), networksIn),
    release: (reference) => wishes.ask(releaseNetwork(reference), done),
    addAdminee: (reference, pneId) => wishes.ask(addAdminee(reference, pneId), done),
    removeAdminee: (reference, pneId) => wishes.ask(removeMember(reference, pneId), done),
    assignAdmin: (reference, pneId) => wishes.ask(assignAdmin(reference, pneId), done),
    changeAdmin: (reference, from, to) => wishes.ask(changeAdmin(reference, from, to), done),
    releaseAdmin: (reference, pneId) => wishes.ask(releaseAdmin(reference, pneId), done),
    switchTo: (reference, gateway) => wishes.ask(switchNetwork(reference, gateway), done),
    devices: (reference) =>
      wishes.list((former) => listDevices(reference, former?.entries.at(-1)?.pneId), devicesIn),
    describe: (reference, pneId) => wishes.ask(describeDevice(reference, pneId), capabilitiesIn),
  };
}

function done(): void {}
