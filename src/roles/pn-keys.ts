// SPDX-License-Identifier: Apache-2.0

/** Keys of PNs at their gateway: it reads what is said in a PN, and says nothing there. */
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { Content } from '../groups/content.ts';
import { Group } from '../groups/group.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After, RunningTimer } from '../link/timer.ts';

/** A number that no member has. */
const NO_SENDER = ImplementationLimits.groupMaxMembers;

interface HeldPn {
  readonly group: Group;
  grace: RunningTimer | undefined;
}

export class PnKeys {
  private readonly provider: CryptoProvider;
  private readonly after: After;
  private readonly held = new Map<number, HeldPn>();

  constructor(provider: CryptoProvider, after: After) {
    this.provider = provider;
    this.after = after;
  }

  /** Takes a key over, in place of that of a former epoch; undefined: the PN has ended. */
  take(reference: number, epoch: number, key: Secret | undefined): void {
    const known = this.held.get(reference);
    if (key === undefined) return this.end(reference);
    if (known !== undefined && epoch <= known.group.membership.epoch) return key.wipe();
    const membership = { reference, epoch, sender: NO_SENDER, firstBoot: 0, signed: false };
    if (known === undefined) {
      this.held.set(reference, {
        group: new Group(this.provider, undefined, membership, key),
        grace: undefined,
      });
      return;
    }
    known.grace?.cancel();
    known.group.advance(membership, key);
    known.grace = this.after(ImplementationLimits.groupGraceMs, () => known.group.endFormer());
  }

  /** The payload of a content of a PN whose key is here. Refuses what Group refuses. */
  open(content: Content): Uint8Array | undefined {
    return this.held.get(content.reference)?.group.open(content);
  }

  /** Wipes all of them. */
  clear(): void {
    for (const reference of [...this.held.keys()]) this.end(reference);
  }

  private end(reference: number): void {
    const held = this.held.get(reference);
    held?.grace?.cancel();
    held?.group.destroy();
    this.held.delete(reference);
  }
}
