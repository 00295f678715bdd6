// SPDX-License-Identifier: Apache-2.0

/**
 * Key management of a PNE: it says which keys it has, takes those that the server sends, stores each before it proves
 * that it has it, and sends and takes contents of its groups. A PNE that was not made with it carries none of it.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { type Pace, Transmission } from '../delivery/transmission.ts';
import { parseContent } from '../groups/content.ts';
import type { Membership } from '../groups/epoch.ts';
import { KeyPurpose, KeyState, ManagedKey } from '../keys/lifecycle.ts';
import { USER_KEY } from '../keys/reference.ts';
import { proofOf, unwrapKey } from '../keys/wrapping.ts';
import { ImplementationLimits } from '../limits.ts';
import type { PayloadCodec } from '../payload/payload.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { SealedStore } from '../store/store.ts';
import {
  decodeToPne,
  encodeMembership,
  encodeProof,
  encodeRequest,
  type HeldKey,
  KeyMessageType,
  type KeyUpdate,
  MembershipOperation,
  numberOfProof,
} from './key-message.ts';
import type { MemberSigning } from './member-signing.ts';
import { PneGroups } from './pne-groups.ts';
import { PneKeyStore } from './pne-key-store.ts';
import { Status } from './status.ts';

export interface PneKeysOptions {
  readonly provider: CryptoProvider;
  readonly store: SealedStore;
  /** For groups whose contents are signed. */
  readonly signing?: MemberSigning;
  /** A content of another member, decoded; `sender` is its number there. Called once for each while this boot lasts. */
  onContent(reference: number, sender: number, value: unknown): void;
  /** A group has a new epoch here, or none any more. */
  onGroup(reference: number, membership: Membership | undefined): void;
  /** The server keeps a key back. */
  onWithheld(reference: number): void;
  /** The server has not answered `join` or `leave` in this session. It is asked again in the next. */
  onUnanswered?(): void;
}

/** What the PNE does for it. */
export interface KeyHost {
  readonly pace: Pace;
  readonly payloads: PayloadCodec;
  /** The key of the CPNS-3 handshake that user keys are sent under. */
  readonly wrappingKey: Secret | undefined;
  /** Sends a message of CPNS-3. */
  send(message: Uint8Array): void;
  /** Sends a content to the gateway. */
  sendContent(content: Uint8Array): void;
  onRefused(reason: ReasonName): void;
}

/** What an application does with it. */
export interface PneKeys {
  readonly groups: readonly Membership[];
  /**
   * Seals a content for a group and sends it, once: who is not there does not get it. Refuses `groupUnknown`,
   * `stateInvalid` before the server knows this boot, `keyLimitReached`, and what src/payload refuses.
   */
  publish(reference: number, value: unknown): void;
  /** Asks the server to become a member, or not to be one, until it has answered. */
  join(reference: number): void;
  leave(reference: number): void;
  /** For the PNE that it is given to. */
  bind(host: KeyHost): BoundKeys;
}

/** What a PNE tells it. */
export interface BoundKeys {
  /** The server knows this boot, and messages pass. */
  start(boot: number): void;
  /** They do not. */
  stop(): void;
  /** A message about keys. Refuses what it cannot take, and changes nothing then. */
  receive(message: Uint8Array): void;
  /** A content that the gateway passes on. */
  receiveContent(content: Uint8Array): void;
}

export function createPneKeys(options: PneKeysOptions): PneKeys {
  return new KeyHolder(options);
}

interface HeldUserKey {
  readonly epoch: number;
  readonly key: ManagedKey;
  readonly proof: Uint8Array;
}

class KeyHolder implements PneKeys, BoundKeys {
  private readonly options: PneKeysOptions;
  private readonly store: PneKeyStore;
  private readonly held: PneGroups;
  /** Operations that the server has not answered, by reference. */
  private readonly wishes = new Map<number, number>();
  private user: HeldUserKey | undefined;
  private host: KeyHost | undefined;
  private asking: Transmission | undefined;
  private requests = 0;
  private boot: number | undefined;

  constructor(options: PneKeysOptions) {
    this.options = options;
    this.store = new PneKeyStore(options.store, (reason) => this.host!.onRefused(reason));
    this.held = new PneGroups({
      ...options,
      store: this.store,
      after: (...of) => this.host!.pace.after(...of),
    });
  }

  get groups(): readonly Membership[] {
    return this.held.memberships;
  }

  bind(host: KeyHost): BoundKeys {
    this.host = host;
    this.asking = new Transmission(host.pace, () => this.ask());
    this.options.signing?.bind({ ...host, deliver: (...of) => this.deliver(...of) });
    const kept = this.store.userKey();
    if (kept !== undefined)
      this.setUserKey(kept.epoch, kept.key, this.proofOf(USER_KEY, kept.epoch, kept.key));
    this.held.restore();
    return this;
  }

  publish(reference: number, value: unknown): void {
    const group = this.held.group(reference);
    const payload = this.host!.payloads.encode(value);
    this.host!.sendContent(group.seal(this.boot ?? refuse('stateInvalid'), payload));
  }

  join(reference: number): void {
    this.wish(reference, MembershipOperation.join);
  }

  leave(reference: number): void {
    this.wish(reference, MembershipOperation.leave);
  }

  start(boot: number): void {
    this.boot = boot;
    this.requests = 0;
    this.asking!.start();
  }

  stop(): void {
    this.asking!.stop();
    this.options.signing?.stop();
  }

  receive(bytes: Uint8Array): void {
    const { signing } = this.options;
    if (signing !== undefined && bytes[1] === KeyMessageType.signerKey) return signing.receive(bytes);
    const message = decodeToPne(bytes);
    switch (message.type) {
      case KeyMessageType.update:
        return this.update(message);
      case KeyMessageType.revocation:
        return this.revoke(message.reference, message.epoch, message.status);
      default:
        return this.answered();
    }
  }

  receiveContent(bytes: Uint8Array): void {
    const content = parseContent(bytes);
    const payload = this.held.group(content.reference).open(content);
    if (payload !== undefined) this.deliver(content.reference, content.sender.number, payload);
  }

  private deliver(reference: number, sender: number, payload: Uint8Array): void {
    this.options.onContent(reference, sender, this.host!.payloads.decode(payload));
  }

  private wish(reference: number, operation: number): void {
    this.wishes.set(reference, operation);
    if (this.boot !== undefined) this.start(this.boot);
  }

  private ask(): void {
    this.requests += 1;
    if (this.requests > ImplementationLimits.keyMaxRequests) return this.giveUp();
    const held: HeldKey[] = [...this.groups];
    if (this.user !== undefined)
      held.push({ reference: USER_KEY, epoch: this.user.epoch, sender: numberOfProof(this.user.proof) });
    this.host!.send(encodeRequest(held));
    this.wishes.forEach((operation, reference) => {
      this.host!.send(encodeMembership(operation, reference));
    });
  }

  private giveUp(): void {
    this.asking!.stop();
    this.options.onUnanswered?.();
  }

  private answered(reference = USER_KEY, operation?: number): void {
    if (operation === undefined || this.wishes.get(reference) === operation) this.wishes.delete(reference);
    if (this.wishes.size === 0) this.asking!.stop();
  }

  private update(update: KeyUpdate): void {
    const { provider } = this.options;
    const { reference, epoch, wrapped } = update;
    const own = this.epochOf(reference);
    // The server's store is behind: it is to go on above this one.
    if (own !== undefined && epoch < own) return this.ask();
    const key = unwrapKey(provider, this.keyAbove(reference), reference, epoch, wrapped);
    try {
      const proof = this.proofOf(reference, epoch, key);
      if (reference === USER_KEY) this.takeUserKey(epoch, key, proof);
      else this.held.take(update, this.boot ?? refuse('stateInvalid'), key, proof);
      this.answered(reference, MembershipOperation.join);
      this.prove(reference, epoch, proof);
    } catch (error) {
      key.wipe();
      throw error;
    }
  }

  private proofOf(reference: number, epoch: number, key: Secret): Uint8Array {
    return proofOf(this.options.provider, key, reference, epoch);
  }

  private epochOf(reference: number): number | undefined {
    return reference === USER_KEY ? this.user?.epoch : this.held.epochOf(reference);
  }

  private keyAbove(reference: number): Secret {
    if (reference === USER_KEY) return this.host!.wrappingKey ?? refuse('stateInvalid');
    return (this.user ?? refuse('keyUnwrapFailed')).key.for(KeyPurpose.unwrap);
  }

  private takeUserKey(epoch: number, key: Secret, proof: Uint8Array): void {
    // It has been proved before, and the server has not heard of it.
    if (this.user?.epoch === epoch && equalBytes(this.user.proof, proof)) return key.wipe();
    this.store.keepUserKey({ epoch, key });
    this.setUserKey(epoch, key, proof);
  }

  private setUserKey(epoch: number, secret: Secret, proof: Uint8Array): void {
    const key = new ManagedKey(secret, KeyPurpose.unwrap);
    key.move(KeyState.active);
    this.user?.key.move(KeyState.destroyed);
    this.user = { epoch, key, proof };
  }

  private revoke(reference: number, epoch: number, status: number): void {
    if (reference === USER_KEY) for (const each of this.groups) this.held.destroy(each.reference);
    const own = this.epochOf(reference);
    if (own !== undefined && own <= epoch) this.destroy(reference);
    this.answered(reference, status === Status.ok ? MembershipOperation.leave : undefined);
    if (status !== Status.ok) this.options.onWithheld(reference);
    this.prove(reference, epoch, new Uint8Array(0));
  }

  /** It is gone from the store first: a key that was revoked never returns. */
  private destroy(reference: number): void {
    if (reference === USER_KEY) {
      this.store.forgetUserKey();
      this.user!.key.move(KeyState.destroyed);
      this.user = undefined;
      return;
    }
    this.held.destroy(reference);
  }

  private prove(reference: number, epoch: number, proof: Uint8Array): void {
    this.host!.send(encodeProof({ reference, epoch, proof }));
  }
}
