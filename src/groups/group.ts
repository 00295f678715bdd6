// SPDX-License-Identifier: Apache-2.0

/** A group at a member: its present epoch, and the former one for as long as others may not have the present one. */
import { encodeFlat } from '../cbor/flat.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { refuse } from '../refusal.ts';
import { type Content, kidOf } from './content.ts';
import { GroupEpoch, type Membership } from './epoch.ts';
import type { ContentSigning } from './signing.ts';

export class Group {
  private readonly provider: CryptoProvider;
  private readonly signing: ContentSigning | undefined;
  private present: GroupEpoch;
  private former: GroupEpoch | undefined;

  /** Takes the key over. */
  constructor(
    provider: CryptoProvider,
    signing: ContentSigning | undefined,
    membership: Membership,
    secret: Secret,
  ) {
    this.provider = provider;
    this.signing = signing;
    this.present = new GroupEpoch(provider, membership, secret);
  }

  get membership(): Membership {
    return this.present.membership;
  }

  /** Goes on to a later epoch, whose key it takes over. Nothing is sent in the former one any more. */
  advance(membership: Membership, secret: Secret): void {
    const next = new GroupEpoch(this.provider, membership, secret);
    this.endFormer();
    this.former = this.present;
    this.former.retire();
    this.present = next;
  }

  /** The former epoch is over: nothing of it is taken any more. */
  endFormer(): void {
    this.former?.destroy();
    this.former = undefined;
  }

  /** `boot`: that of this device. Refuses what GroupEpoch refuses, `mechanismNotSupported` where it cannot sign. */
  seal(boot: number, payload: Uint8Array): Uint8Array {
    const { present, signing } = this;
    const { reference, epoch, sender, firstBoot, signed } = present.membership;
    if (!signed) return present.seal(boot, payload);
    const kid = kidOf({ number: sender, boot: boot - firstBoot });
    const place = placeOf(reference, epoch, kid, present.sequence(boot));
    return present.seal(boot, (signing ?? refuse('mechanismNotSupported')).sign(place, payload));
  }

  /**
   * Returns the payload, owned by the caller; undefined where it waits for the key of its sender (signing.ts). Refuses
   * `keyEpochInvalid` one of another epoch than those here. A signature is looked at behind the replay window: the number
   * of a content that is refused for it is used up.
   */
  open(content: Content): Uint8Array | undefined {
    const within = this.epochOf(content.epoch);
    const { reference, epoch, signed } = within.membership;
    if (signed && this.signing === undefined) refuse('mechanismNotSupported');
    const plaintext = within.open(content);
    if (!signed) return plaintext;
    const place = placeOf(reference, epoch, kidOf(content.sender), content.sequence);
    return this.signing!.verify({ reference, epoch, sender: content.sender.number }, place, plaintext);
  }

  /** Wipes its keys. Safe to call twice. */
  destroy(): void {
    this.endFormer();
    this.signing?.forget(this.membership.reference);
    this.present.destroy();
  }

  private epochOf(lowest: number): GroupEpoch {
    for (const each of [this.present, this.former])
      if (each !== undefined && (each.membership.epoch & 3) === lowest) return each;
    return refuse('keyEpochInvalid');
  }
}

/** What is signed besides the payload: nobody's content can be another's, nor stand in another's place. */
function placeOf(reference: number, epoch: number, kid: Uint8Array, sequence: number): Uint8Array {
  return encodeFlat([reference, epoch, kid, sequence]);
}
