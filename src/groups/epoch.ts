// SPDX-License-Identifier: Apache-2.0

/** One epoch of a group at a member: what it sends and what it receives under that key. */
import { encodeThree } from '../cbor/flat.ts';
import { Algorithm } from '../crypto/algorithms.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import type { ReceivedState } from '../crypto/records.ts';
import { KeyLabel } from '../keys/labels.ts';
import { KeyPurpose, KeyState, ManagedKey } from '../keys/lifecycle.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { deriveSenders, type SenderContexts } from '../session/context.ts';
import { createReceivingEnd, createSendingEnd, type ReceivingEnd, type SendingEnd } from '../session/ends.ts';
import { NOTHING_RECEIVED } from '../session/received.ts';
import { type Content, encodeContent, kidOf } from './content.ts';

/** What a member knows of one epoch: it is stored with the key. */
export interface Membership {
  readonly reference: number;
  readonly epoch: number;
  /** Its sender number. */
  readonly sender: number;
  /** The boot of its own that counts as 0. */
  readonly firstBoot: number;
  /** Whether contents are signed. */
  readonly signed: boolean;
}

const { groupMaxKeyedSenders, groupMaxSenders } = ImplementationLimits;

/** What is kept of one sender. Its key is derived again when it is heard again. */
interface Heard {
  readonly boot: number;
  readonly state: ReceivedState;
  readonly end: ReceivingEnd | undefined;
}

export class GroupEpoch {
  readonly membership: Membership;
  private readonly provider: CryptoProvider;
  private readonly key: ManagedKey;
  private readonly senders: SenderContexts;
  /** By number, whose key was derived last at the end. */
  private readonly heard = new Map<number, Heard>();
  /** Contents of senders not heard so far that did not verify. */
  private failed = 0;
  private sending: SendingEnd | undefined;
  private sendingBoot = 0;

  /** Takes the key over, which is stored by now. */
  constructor(provider: CryptoProvider, membership: Membership, secret: Secret) {
    const { reference, epoch } = membership;
    this.provider = provider;
    this.membership = membership;
    this.key = new ManagedKey(secret, KeyPurpose.seal + KeyPurpose.open);
    this.key.move(KeyState.active);
    this.senders = deriveSenders({
      provider,
      algorithm: Algorithm.AES_CCM_16_64_128,
      masterSecret: this.key.for(KeyPurpose.seal),
      masterSalt: encodeThree(KeyLabel.senders, reference, epoch),
    });
  }

  /** `boot`: that of this device, which the server knows. Refuses `keyPurposeInvalid` once the epoch has ended. */
  sequence(boot: number): number {
    return this.records.nextSequenceNumber(this.sender(boot).handle);
  }

  /** Returns a content. Refuses as `sequence`, and what `protect` of a session does. */
  seal(boot: number, plaintext: Uint8Array): Uint8Array {
    const { reference, epoch } = this.membership;
    return encodeContent(reference, epoch, this.sender(boot).protect(plaintext));
  }

  /** Returns the plaintext, owned by the caller, or refuses and changes nothing but the count of failures. */
  open({ sender: { number, boot }, record }: Content): Uint8Array {
    this.key.for(KeyPurpose.open);
    if (number === this.membership.sender) refuse('senderForeign');
    const known = this.heard.get(number);
    if (known?.boot === boot && known.end !== undefined) return known.end.unprotect(record);
    if (known !== undefined && boot < known.boot) refuse('replay');
    if (known === undefined && this.heard.size >= groupMaxSenders) refuse('groupFull');
    if (known?.boot !== boot) return this.openFirst(number, boot, record);
    const end = this.recipient(number, boot, known.state);
    try {
      return end.unprotect(record);
    } finally {
      this.keep(number, { boot, state: end.state(), end });
    }
  }

  /** Nothing is made under it any more. */
  retire(): void {
    this.key.move(KeyState.retiring);
    this.sending?.close();
  }

  /** Wipes all of it. Safe to call twice. */
  destroy(): void {
    this.key.move(KeyState.destroyed);
    this.senders.wipe();
    this.sending?.close();
    for (const { end } of this.heard.values()) end?.close();
    this.heard.clear();
  }

  private get records() {
    return this.provider.records ?? refuse('unsupportedAlgorithm');
  }

  /** A boot that nobody has verified anything of takes no other's place. */
  private openFirst(number: number, boot: number, record: Uint8Array): Uint8Array {
    const end = this.recipient(number, boot, { ...NOTHING_RECEIVED, failed: this.failed });
    try {
      const plaintext = end.unprotect(record);
      this.heard.get(number)?.end?.close();
      this.keep(number, { boot, state: end.state(), end });
      return plaintext;
    } catch (error) {
      this.failed = end.state().failed;
      end.close();
      throw error;
    }
  }

  /** Few keys are held at a time: whose was derived first has none. */
  private keep(number: number, heard: Heard): void {
    this.heard.delete(number);
    this.heard.set(number, heard);
    const keyed = [...this.heard].filter(([, { end }]) => end !== undefined);
    if (keyed.length <= groupMaxKeyedSenders) return;
    const [first, { boot, end }] = keyed[0]!;
    this.heard.set(first, { boot, state: end!.state(), end: undefined });
    end!.close();
  }

  private sender(boot: number): SendingEnd {
    this.key.for(KeyPurpose.seal);
    if (this.sending !== undefined && this.sendingBoot === boot) return this.sending;
    this.sending?.close();
    const { sender: number, firstBoot } = this.membership;
    if (boot < firstBoot || boot < this.sendingBoot) refuse('stateInvalid');
    const direction = this.senders.of(kidOf({ number, boot: boot - firstBoot }));
    try {
      // The boot is counted in the kid: no number of this key was used before.
      this.sending = createSendingEnd(this.records, direction, { firstSequenceNumber: 0, reserve() {} });
    } finally {
      direction.key.wipe();
    }
    this.sendingBoot = boot;
    return this.sending;
  }

  private recipient(number: number, boot: number, state: ReceivedState): ReceivingEnd {
    const direction = this.senders.of(kidOf({ number, boot }));
    try {
      return createReceivingEnd(this.records, direction, state);
    } finally {
      direction.key.wipe();
    }
  }
}
