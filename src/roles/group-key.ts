// SPDX-License-Identifier: Apache-2.0

import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { groupKeyOf } from '../keys/hierarchy.ts';
import { KeyPurpose, KeyState, ManagedKey } from '../keys/lifecycle.ts';
import { proofOf, wrapKey } from '../keys/wrapping.ts';
import type { GroupRecord, Member } from './group-record.ts';

/** A group as the server works with it: its record, its members by name and number, and its key once it is needed. */
export class ServerGroup {
  readonly record: GroupRecord;
  readonly members: ReadonlyMap<string, Member>;
  private readonly provider: CryptoProvider;
  private readonly root: Secret;
  private readonly bySender: ReadonlyMap<number, string>;
  private key: ManagedKey | undefined;
  private proof: Uint8Array | undefined;

  constructor(provider: CryptoProvider, root: Secret, record: GroupRecord) {
    this.provider = provider;
    this.root = root;
    this.record = record;
    this.members = new Map(record.members.map((member) => [member.pneId, member]));
    this.bySender = new Map(record.members.map(({ sender, pneId }) => [sender, pneId]));
  }

  memberWith(sender: number): string | undefined {
    return this.bySender.get(sender);
  }

  /** Under a member's user key. */
  wrapped(userKey: Secret): Uint8Array {
    const { reference, key } = this.record;
    return wrapKey(this.provider, userKey, reference, key.epoch, this.managed().for(KeyPurpose.wrap));
  }

  isProvedBy(proof: Uint8Array): boolean {
    const { reference, key } = this.record;
    this.proof ??= proofOf(this.provider, this.managed().for(KeyPurpose.wrap), reference, key.epoch);
    return equalBytes(this.proof, proof);
  }

  /** Wipes the key. */
  close(): void {
    this.key?.move(KeyState.destroyed);
    this.key = undefined;
  }

  private managed(): ManagedKey {
    const { reference, key } = this.record;
    if (this.key === undefined) {
      this.key = new ManagedKey(groupKeyOf(this.provider, this.root, reference, key), KeyPurpose.wrap);
      this.key.move(KeyState.active);
    }
    return this.key;
  }
}
