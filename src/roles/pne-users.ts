// SPDX-License-Identifier: Apache-2.0

/**
 * The user of a PNE (user-message.ts), beside its key management: a part of its own, that an image without room leaves
 * out. Its gateway says who has proved himself there; the PNE names him to the server, and takes the key that is his. A
 * PNE without this part, or without a user, stands for itself.
 */
import type { CryptoProvider } from '../crypto/provider.ts';
import { Transmission } from '../delivery/transmission.ts';
import { USER_KEY } from '../keys/reference.ts';
import { unwrapUserKey } from '../keys/user-wrapping.ts';
import { wrapKey } from '../keys/wrapping.ts';
import { ImplementationLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { encodeUpdate, KeyMessageType } from './key-message.ts';
import { KeyPart } from './key-part.ts';
import type { BoundKeys, KeyHost, PneKeys } from './pne-keys.ts';
import {
  decodeTrigger,
  decodeUserAnswer,
  decodeUserUpdate,
  encodeUserRequest,
  isTrigger,
  type UserKeyUpdate,
} from './user-message.ts';

export interface PneUsersOptions {
  readonly provider: CryptoProvider;
  /** Its user key is this user's now. */
  onUser(user: string): void;
  /** The server has answered that it is not to be, with a status other than ok. */
  onUserRefused(user: string, status: number): void;
}

/** `keys`: what createPneKeys has made, with other parts or none; it is bound with it. */
export function withUsers(keys: PneKeys, options: PneUsersOptions): PneKeys {
  return new UserPart(keys, options);
}

class UserPart extends KeyPart {
  private readonly options: PneUsersOptions;
  private asking!: Transmission;
  /** Who is asked for, and not answered yet. */
  private wanted: string | undefined;
  private requests = 0;

  constructor(keys: PneKeys, options: PneUsersOptions) {
    super(keys);
    this.options = options;
  }

  override bind(host: KeyHost): BoundKeys {
    this.asking = new Transmission(host.pace, () => this.ask());
    return super.bind(host);
  }

  override start(boot: number): void {
    super.start(boot);
    this.begin();
  }

  override stop(): void {
    this.asking.stop();
    super.stop();
  }

  override receiveContent(content: Uint8Array): void {
    if (!isTrigger(content)) return super.receiveContent(content);
    const user = decodeTrigger(content);
    if (user === this.wanted) return;
    if (this.wanted !== undefined) refuse('queueFull');
    this.wanted = user;
    this.begin();
  }

  override receive(message: Uint8Array): void {
    if (message[1] === KeyMessageType.userAnswer) return this.answered(message);
    const update = decodeUserUpdate(message);
    super.receive(update === undefined ? message : this.asOwn(update));
    if (update !== undefined) this.options.onUser(update.user);
  }

  private begin(): void {
    if (!this.isReady || this.wanted === undefined) return;
    this.requests = 0;
    this.asking.start();
  }

  /** A server that does not answer is asked again when the gateway says it again. */
  private ask(): void {
    this.requests += 1;
    if (this.requests > ImplementationLimits.keyMaxRequests) this.end();
    else this.host.send(encodeUserRequest(this.wanted!));
  }

  private answered(message: Uint8Array): void {
    const { status, user } = decodeUserAnswer(message);
    // One that came late, or twice.
    if (user !== this.wanted) return;
    this.end();
    if (status !== 0) this.options.onUserRefused(user, status);
  }

  private end(): void {
    this.wanted = undefined;
    this.asking.stop();
  }

  /** A key that is bound to its user goes on as any other user key, once it is known to be his. */
  private asOwn({ epoch, wrapped, user }: UserKeyUpdate): Uint8Array {
    const { provider } = this.options;
    const above = this.host.wrappingKey ?? refuse('stateInvalid');
    const key = unwrapUserKey(provider, above, user, epoch, wrapped);
    const own = wrapKey(provider, above, USER_KEY, epoch, key);
    key.wipe();
    return encodeUpdate({ reference: USER_KEY, epoch, wrapped: own, seat: undefined });
  }
}
