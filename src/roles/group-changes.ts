// SPDX-License-Identifier: Apache-2.0

/** What is done to groups and user keys at a CPNS Server. It takes place when it is stored. */
import type { Asker } from '../authorization/service-access.ts';
import { newKey } from '../keys/hierarchy.ts';
import { isPersonalNetwork } from '../keys/reference.ts';
import { type ReasonName, Refusal, refuse } from '../refusal.ts';
import { handedTo } from './administrators.ts';
import {
  atGateway,
  freeReference,
  type GroupRecord,
  newGroup,
  type Rekeying,
  rekeyed,
  withMember,
  withoutMember,
} from './group-record.ts';
import type { KeyChange, KeyLedger, KeyView } from './key-ledger.ts';
import type { Done, NewGroup, SwitchTerms } from './server-keys.ts';

type Apply = KeyChange['apply'];

function ignore(): void {}

export class GroupChanges {
  private readonly ledger: KeyLedger;
  private readonly rekeying: Rekeying;

  constructor(ledger: KeyLedger, rekeying: Rekeying) {
    this.ledger = ledger;
    this.rekeying = rekeying;
  }

  create(
    group: NewGroup,
    done: (reference: number | undefined, refused?: ReasonName) => void = ignore,
  ): void {
    let reference = 0;
    const { kind, name, members, owner, service = '', signed = false } = group;
    this.change(
      ({ groups }) => {
        reference = freeReference(groups, kind);
        return { groups: [newGroup({ reference, name, service, owner, signed }, members, this.rekeying)] };
      },
      (refused) => done(refused === undefined ? reference : undefined, refused),
    );
  }

  add(reference: number, pneId: string, done: Done = ignore): void {
    this.changeGroup(reference, (record) => withMember(record, pneId, this.rekeying), done);
  }

  /** The same where the PNE asks for it, unless it is revoked. */
  join(reference: number, pneId: string, done: Done): void {
    const change = (record: GroupRecord) => withMember(record, pneId, this.rekeying);
    this.changeFor({ role: 'pne', name: pneId }, changeIn(reference, change), done);
  }

  remove(reference: number, pneId: string, done: Done = ignore): void {
    this.changeGroup(reference, (record) => withoutMember(record, pneId, this.rekeying), done);
  }

  transfer(reference: number, owner: string | undefined, done: Done = ignore): void {
    this.changeGroup(reference, (record) => handedTo(record, owner), done);
  }

  /** A PN moves to a gateway, with a new key; undefined: it may be at any, as before that. */
  switchGateway(
    reference: number,
    gateway: string | undefined,
    done: Done = ignore,
    terms?: SwitchTerms,
  ): void {
    const change = (record: GroupRecord) => {
      if (!isPersonalNetwork(reference)) refuse('badArgument');
      terms?.check(record);
      if (gateway !== undefined) return atGateway(record, gateway, this.rekeying);
      return record.gateway === undefined ? record : { ...record, gateway };
    };
    if (terms?.asker === undefined) this.changeGroup(reference, change, done);
    else this.changeFor(terms.asker, changeIn(reference, change), done);
  }

  rekey(reference: number, done: Done = ignore): void {
    this.changeGroup(reference, (record) => rekeyed(record, this.rekeying), done);
  }

  end(reference: number, done: Done = ignore): void {
    this.change(
      ({ groups }) => (groups.has(reference) ? { ended: [reference] } : refuse('groupUnknown')),
      done,
    );
  }

  revoke(pneId: string, done: Done = ignore): void {
    const apply = (view: KeyView) => {
      const epoch = (view.userOf(pneId)?.epoch ?? 0) + 1;
      const record = { ...newKey(this.rekeying.fillRandom, epoch), isRevoked: true };
      const groups = [...view.groups.values()]
        .map((group) => [group, withoutMember(group, pneId, this.rekeying)] as const)
        .filter(([former, group]) => group !== former)
        .map(([, group]) => ({ ...group, isUrgent: true }));
      const isDone = view.userOf(pneId)?.isRevoked === true && groups.length === 0;
      return isDone ? {} : { groups, users: [{ pneId, record }] };
    };
    this.changeUser(pneId, apply, done);
  }

  /** A PNE that was revoked gets a user key again, and may become a member. */
  reinstate(pneId: string, done: Done = ignore): void {
    const apply = (view: KeyView) => {
      const former = view.userOf(pneId);
      if (former?.isRevoked !== true) return {};
      const record = { ...newKey(this.rekeying.fillRandom, former.epoch + 1), isRevoked: false };
      return { users: [{ pneId, record }] };
    };
    this.changeUser(pneId, apply, done);
  }

  /** The new epoch is above this one, too. */
  rekeyAbove(reference: number, epoch: number, done: Done): void {
    const change = (record: GroupRecord) =>
      record.key.epoch > epoch ? record : rekeyed(record, this.rekeying, epoch);
    this.changeGroup(reference, change, done);
  }

  /** A new user key, of an epoch above this one, unless there is one by now. */
  assign(pneId: string, above: number, done: Done): void {
    this.change((view) => {
      const former = view.userOf(pneId);
      if (former !== undefined && former.epoch >= above) return {};
      const next = newKey(this.rekeying.fillRandom, Math.max(former?.epoch ?? 0, above) + 1);
      return { users: [{ pneId, record: { isRevoked: false, ...former, ...next } }] };
    }, done);
  }

  private changeGroup(reference: number, change: (record: GroupRecord) => GroupRecord, done: Done): void {
    this.change(changeIn(reference, change), done);
  }

  /** What a gateway asks for, or a PNE: not one that is revoked. Whatever it is refused for is told. */
  changeFor({ role, name }: Asker, apply: Apply, done: Done): void {
    if (role === 'gateway') return this.ledger.whenLoaded(() => this.tried(apply, done));
    const asked = (view: KeyView) => (view.userOf(name)?.isRevoked ? refuse('notAuthorized') : apply(view));
    this.changeUser(name, asked, done);
  }

  /** The same once the user key of a PNE is loaded. */
  private changeUser(pneId: string, apply: Apply, done: Done): void {
    this.ledger.withUser(
      pneId,
      () => this.tried(apply, done),
      () => done('storeFailed'),
    );
  }

  private tried(apply: Apply, done: Done): void {
    try {
      this.change(apply, done);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      done(error.reasonName);
    }
  }

  private change(apply: Apply, done: Done): void {
    const change: KeyChange = {
      apply,
      done: (stored, refusal) => done(stored ? undefined : (refusal?.reasonName ?? 'storeFailed')),
    };
    this.ledger.change(change);
  }
}

function changeIn(reference: number, change: (record: GroupRecord) => GroupRecord): Apply {
  return ({ groups }) => {
    const former = groups.get(reference) ?? refuse('groupUnknown');
    const record = change(former);
    return record === former ? {} : { groups: [record] };
  };
}
