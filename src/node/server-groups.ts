// SPDX-License-Identifier: Apache-2.0

/** PNs and service groups, as whoever runs a server administers them. */
import { isPersonalNetwork } from '../keys/reference.ts';
import type { ReasonName } from '../refusal.ts';
import { administratorsOf } from '../roles/administrators.ts';
import type { NewGroup, ServerKeys } from '../roles/server-keys.ts';
import { inOrder } from '../roles/service-operation.ts';
import { granted, refused, type Wished } from './wishes.ts';

/** A PN or group as it is stored. */
export interface GroupView {
  readonly reference: number;
  readonly kind: 'network' | 'group';
  readonly name: string;
  readonly service: string;
  readonly owner: string | undefined;
  readonly administrators: readonly string[];
  readonly members: readonly string[];
  /** Those of them that are known to have its present key. */
  readonly holders: readonly string[];
  /** That a PN was switched to; undefined: it may be at any. */
  readonly gateway: string | undefined;
  /** Of its key, which is new with each change of members. */
  readonly epoch: number;
  readonly isSigned: boolean;
}

/** Each resolves once it is stored, or with why it is not. `reference`: the number of a PN or group. */
export interface ServerGroups {
  readonly all: readonly GroupView[];
  /** Resolves with its reference. `kind`: `pn` or `service`. */
  create(group: NewGroup): Promise<Wished<number>>;
  add(reference: number, pneId: string): Promise<Wished>;
  remove(reference: number, pneId: string): Promise<Wished>;
  /** `owner`: undefined, for whoever administers. */
  transfer(reference: number, owner: string | undefined): Promise<Wished>;
  rekey(reference: number): Promise<Wished>;
  end(reference: number): Promise<Wished>;
  /**
   * Moves a PN to the gateway of this name, whose devices follow; undefined: it may be at any. Refused: `linkClosed`
   * where that gateway is not there, for then nobody could.
   */
  switchTo(reference: number, gateway: string | undefined): Promise<Wished>;
}

export function serverGroups(keys: ServerKeys, hasGateway: (name: string) => boolean): ServerGroups {
  return {
    get all(): readonly GroupView[] {
      return groupViews(keys);
    },
    create: (group) =>
      new Promise((resolve) =>
        keys.create(group, (reference, reason) =>
          resolve(reference === undefined ? notDone(reason) : granted(reference)),
        ),
      ),
    add: (reference, pneId) => stored((done) => keys.add(reference, pneId, done)),
    remove: (reference, pneId) => stored((done) => keys.remove(reference, pneId, done)),
    transfer: (reference, owner) => stored((done) => keys.transfer(reference, owner, done)),
    rekey: (reference) => stored((done) => keys.rekey(reference, done)),
    end: (reference) => stored((done) => keys.end(reference, done)),
    switchTo: async (reference, gateway) =>
      gateway === undefined || hasGateway(gateway)
        ? stored((done) => keys.switchGateway(reference, gateway, done))
        : refused('linkClosed', `${gateway} is not there`),
  };
}

function stored(work: (done: (reason: ReasonName | undefined) => void) => void): Promise<Wished> {
  return new Promise((resolve) =>
    work((reason) => resolve(reason === undefined ? granted(undefined) : notDone(reason))),
  );
}

function notDone(reason: ReasonName = 'storeFailed'): Wished<never> {
  return refused(reason, 'nothing was changed');
}

/** By their references. */
export function groupViews(keys: Pick<ServerKeys, 'groups' | 'holders'>): GroupView[] {
  return inOrder(keys.groups).map((record) => {
    const { reference, name, service, owner, gateway, signed, members, key } = record;
    return {
      ...{ reference, name, service, owner, gateway, isSigned: signed, epoch: key.epoch },
      kind: isPersonalNetwork(reference) ? 'network' : 'group',
      administrators: administratorsOf(record),
      members: members.map(({ pneId }) => pneId),
      holders: keys.holders(reference),
    };
  });
}
