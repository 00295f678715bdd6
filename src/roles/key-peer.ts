// SPDX-License-Identifier: Apache-2.0

/**
 * The keys of one PNE at the CPNS Server: what it is to have, and what it has said and proved to have. What differs is
 * said, of each key the newest, until it is proved: a PNE that slept needs one message a key.
 */
import { equalBytes } from '../bytes/compare.ts';
import type { CryptoProvider, Secret } from '../crypto/provider.ts';
import { Transmission } from '../delivery/transmission.ts';
import { userKeyOf } from '../keys/hierarchy.ts';
import { KeyPurpose, KeyState, ManagedKey } from '../keys/lifecycle.ts';
import { USER_KEY } from '../keys/reference.ts';
import { wrapUserKey } from '../keys/user-wrapping.ts';
import { proofOf, wrapKey } from '../keys/wrapping.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import type { ReasonName } from '../refusal.ts';
import type { ServerGroup } from './group-key.ts';
import type { Member, UserKeyRecord } from './group-record.ts';
import type { Agreement } from './interface.ts';
import { encodeRevocation, encodeUpdate, type HeldKey, numberOfProof, Terms } from './key-message.ts';
import { Status, type StatusCode } from './status.ts';
import { encodeUserUpdate } from './user-message.ts';

export interface KeyPeerOptions {
  readonly pneId: string;
  readonly provider: CryptoProvider;
  readonly root: Secret;
  readonly after: After;
  random(): number;
  send(agreement: Agreement, message: Uint8Array): void;
  onRefused(reason: ReasonName, pneId: string): void;
}

/** What is being said of one key. */
interface Saying {
  /** Names what is said: something else takes its place. */
  readonly epoch: number;
  /** What it had is to end: until it has proved that, nobody knows whether it has it still. */
  readonly isEnd: boolean;
  readonly transmission: Transmission;
}

/** What is to be said of one key. */
interface Wanted {
  readonly epoch: number;
  readonly isEnd?: boolean;
  make(): Uint8Array;
}

/** Which of its keys a PNE has: epoch and sender number. */
type Held = Pick<HeldKey, 'epoch' | 'sender'>;

export class KeyPeer {
  private readonly options: KeyPeerOptions;
  private readonly pace: { readonly after: After; readonly random: () => number; heard: number };
  private readonly held = new Map<number, Held>();
  private readonly sayings = new Map<number, Saying>();
  private agreement: Agreement | undefined;
  private currentBoot: number | undefined;
  private user:
    | { readonly record: UserKeyRecord; readonly key: ManagedKey; readonly proof: Uint8Array }
    | undefined;
  private failedProofs = 0;

  constructor(options: KeyPeerOptions) {
    this.options = options;
    this.pace = { after: options.after, random: () => options.random(), heard: 0 };
  }

  /** In which it registered last. */
  get boot(): number | undefined {
    return this.currentBoot;
  }

  /** The epoch that it has of a key, as far as it has said or proved that. */
  epochOf(reference: number): number | undefined {
    return this.held.get(reference)?.epoch;
  }

  /** It says in this session which keys it has. */
  begin(agreement: Agreement, boot: number, held: readonly HeldKey[]): void {
    this.stop();
    this.agreement = agreement;
    this.currentBoot = boot;
    this.failedProofs = 0;
    this.held.clear();
    for (const { reference, epoch, sender } of held) this.held.set(reference, { epoch, sender });
  }

  /** Its user key is this one. */
  setUser(record: UserKeyRecord): void {
    const { provider, root, pneId } = this.options;
    if (this.user !== undefined && equalBytes(this.user.record.salt, record.salt)) {
      this.user = { ...this.user, record };
      return;
    }
    this.stop();
    this.user?.key.move(KeyState.destroyed);
    const secret = userKeyOf(provider, root, pneId, record, record.user);
    const key = new ManagedKey(secret, KeyPurpose.wrap);
    key.move(KeyState.active);
    this.user = { record, key, proof: proofOf(provider, secret, USER_KEY, record.epoch) };
  }

  /** Says what it is to know of these groups. Returns whether there is nothing to say. */
  sync(groups: Iterable<ServerGroup>): boolean {
    const { agreement, user } = this;
    if (agreement === undefined || user === undefined) return false;
    const wanted = new Map<number, Wanted>();
    if (user.record.isRevoked || !this.hasUserKey) wanted.set(USER_KEY, this.aboutUser(user.record));
    else this.addGroups(groups, wanted);
    if (user.record.isRevoked && this.held.size === 0) wanted.clear();
    for (const [reference, { epoch }] of this.sayings)
      if (wanted.get(reference)?.epoch !== epoch) this.hush(reference);
    for (const [reference, each] of wanted) if (!this.sayings.has(reference)) this.say(reference, each);
    return wanted.size === 0;
  }

  /** Sends once what nobody answers. */
  tell(message: Uint8Array): void {
    if (this.agreement !== undefined) this.options.send(this.agreement, message);
  }

  /** It is to get this key again, whatever it has said. */
  forget(reference: number): void {
    this.held.delete(reference);
  }

  /**
   * Takes a proof of a key of this group; undefined: of the user key, or of a group that there is not any more. Returns
   * whether it is of the present key of the group.
   */
  prove(reference: number, epoch: number, proof: Uint8Array, group: ServerGroup | undefined): boolean {
    this.pace.heard += 1;
    if (proof.length === 0) this.ended(reference, epoch);
    else if (reference === USER_KEY) this.proveUser(epoch, proof);
    else return this.proveGroup(reference, epoch, proof, group);
    return false;
  }

  private proveGroup(
    reference: number,
    epoch: number,
    proof: Uint8Array,
    group: ServerGroup | undefined,
  ): boolean {
    const member = group?.members.get(this.options.pneId);
    if (group === undefined || member === undefined) {
      this.held.set(reference, { epoch, sender: 0 });
      return false;
    }
    if (epoch !== group.record.key.epoch) return false;
    this.hush(reference);
    const isProved = group.isProvedBy(proof);
    if (isProved) this.held.set(reference, { epoch, sender: member.sender });
    else this.fail();
    return isProved;
  }

  /** Says nothing any more, and wipes what it has. */
  close(): void {
    this.stop();
    this.agreement = undefined;
    this.user?.key.move(KeyState.destroyed);
    this.user = undefined;
  }

  private get hasUserKey(): boolean {
    const held = this.held.get(USER_KEY);
    const { record, proof } = this.user!;
    return held !== undefined && held.epoch === record.epoch && held.sender === numberOfProof(proof);
  }

  private proveUser(epoch: number, proof: Uint8Array): void {
    const { record, proof: expected } = this.user!;
    if (epoch !== record.epoch) return;
    this.hush(USER_KEY);
    if (!equalBytes(proof, expected)) return this.fail();
    this.held.set(USER_KEY, { epoch, sender: numberOfProof(proof) });
  }

  /** All its epochs up to this one are destroyed. */
  private ended(reference: number, epoch: number): void {
    const { held } = this;
    if (this.sayings.get(reference)?.epoch === epoch) this.hush(reference);
    if (reference === USER_KEY) held.clear();
    else if ((held.get(reference)?.epoch ?? 0) <= epoch) held.delete(reference);
  }

  private fail(): void {
    this.failedProofs += 1;
    if (this.failedProofs <= ImplementationLimits.keyMaxFailedProofs) return;
    this.stop();
    this.agreement = undefined;
    this.options.onRefused('keyProofInvalid', this.options.pneId);
  }

  private aboutUser({ epoch, isRevoked, user }: UserKeyRecord) {
    const { provider } = this.options;
    const update = (): Uint8Array => {
      const above = this.agreement!.channel.wrappingKey!;
      const key = this.user!.key.for(KeyPurpose.wrap);
      if (user !== undefined)
        return encodeUserUpdate({ epoch, wrapped: wrapUserKey(provider, above, user, epoch, key), user });
      const wrapped = wrapKey(provider, above, USER_KEY, epoch, key);
      return encodeUpdate({ reference: USER_KEY, epoch, wrapped, seat: undefined });
    };
    return { epoch, make: isRevoked ? () => revocation(USER_KEY, epoch, Status.notAuthorized) : update };
  }

  private addGroups(groups: Iterable<ServerGroup>, wanted: Map<number, Wanted>): void {
    const left = new Map<number, { readonly epoch: number }>(this.held);
    // What was sent and is not proved may be there.
    for (const [reference, { epoch }] of this.sayings)
      if (!left.has(reference)) left.set(reference, { epoch });
    left.delete(USER_KEY);
    const updates: [number, Wanted][] = [];
    for (const group of groups) {
      const { reference, key } = group.record;
      const member = group.members.get(this.options.pneId);
      if (member === undefined) continue;
      const held = this.sayings.get(reference)?.isEnd ? undefined : this.held.get(reference);
      left.delete(reference);
      if (held?.epoch !== key.epoch || held.sender !== member.sender)
        updates.push([reference, { epoch: key.epoch, make: () => this.update(group, member, held) }]);
    }
    for (const [reference, { epoch }] of left)
      wanted.set(reference, { epoch, isEnd: true, make: () => revocation(reference, epoch, Status.ok) });
    // What it has left makes room first.
    for (const [reference, update] of updates) wanted.set(reference, update);
  }

  /** Its seat is left out where it has that: the number it had, and no boot since the key was made. */
  private update(group: ServerGroup, { sender, firstBoot }: Member, held: Held | undefined): Uint8Array {
    const { reference, key, signed, isUrgent } = group.record;
    const boots = this.currentBoot! - firstBoot;
    const terms = (signed ? Terms.signed : 0) + (isUrgent ? Terms.noGrace : 0);
    const isKnown = held?.sender === sender && boots === 0 && !isUrgent;
    return encodeUpdate({
      reference,
      epoch: key.epoch,
      wrapped: group.wrapped(this.user!.key.for(KeyPurpose.wrap)),
      seat: isKnown ? undefined : { sender, boots, terms },
    });
  }

  private say(reference: number, { epoch, isEnd = false, make }: Wanted): void {
    const agreement = this.agreement!;
    const message = make();
    const transmission = new Transmission(this.pace, () => this.options.send(agreement, message));
    this.sayings.set(reference, { epoch, isEnd, transmission });
    transmission.start();
  }

  private hush(reference: number): void {
    this.sayings.get(reference)?.transmission.stop();
    this.sayings.delete(reference);
  }

  private stop(): void {
    for (const reference of [...this.sayings.keys()]) this.hush(reference);
  }
}

function revocation(reference: number, epoch: number, status: StatusCode): Uint8Array {
  return encodeRevocation({ reference, epoch, status });
}
