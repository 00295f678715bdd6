// SPDX-License-Identifier: Apache-2.0

/**
 * What a PNE asks of its server's PNs and service groups (service-message.ts), beside its key management: a part of its
 * own, that an image without room leaves out. One wish at a time is sent until it is answered, in whichever session.
 */
import { KeyMessageType } from './key-message.ts';
import { KeyPart } from './key-part.ts';
import type { GroupNotice } from './notice-message.ts';
import type { BoundKeys, KeyHost, PneKeys } from './pne-keys.ts';
import { PneNotices } from './pne-notices.ts';
import type { Wish } from './service-message.ts';
import { type Answered, WishAsking } from './wish-asking.ts';

export type { Answered } from './wish-asking.ts';

/** Key management of a PNE, with that in it. */
export interface PneServices extends PneKeys {
  /**
   * Asks for something (service-wishes.ts), and calls `done` once. While the server cannot be reached that takes as
   * long as it does. Refuses `queueFull` while another wish has no answer, and `badArgument` what no server takes.
   */
  ask(wish: Wish, done: Answered): void;
}

/**
 * `keys`: what createPneKeys has made, which is bound with it. `onNotice`: the server has said who owns a PN or group
 * of this PNE, or of which gateway it is, and it is not what it said before; called anew after a start. Without it the
 * server is not asked to say so.
 */
export function withServices(keys: PneKeys, onNotice?: (notice: GroupNotice) => void): PneServices {
  return new ServiceAsker(keys, onNotice && new PneNotices(onNotice));
}

class ServiceAsker extends KeyPart implements PneServices {
  private readonly wishes = new WishAsking();
  private readonly notices: PneNotices | undefined;

  constructor(keys: PneKeys, notices: PneNotices | undefined) {
    super(keys);
    this.notices = notices;
  }

  ask(wish: Wish, done: Answered): void {
    this.wishes.ask(wish, done);
  }

  override bind(host: KeyHost): BoundKeys {
    this.notices?.bind(host);
    return super.bind(host);
  }

  override start(boot: number): void {
    super.start(boot);
    this.notices?.start();
    this.wishes.start(this.host.pace, (message) => this.host.send(message));
  }

  override stop(): void {
    this.wishes.stop();
    this.notices?.stop();
    super.stop();
  }

  override receive(message: Uint8Array): void {
    const { notices } = this;
    if (message[1] === KeyMessageType.serviceAnswer) this.wishes.receive(message);
    else if (notices !== undefined && message[1] === KeyMessageType.notice) notices.receive(message);
    else super.receive(message);
  }
}
