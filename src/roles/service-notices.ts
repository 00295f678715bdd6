// SPDX-License-Identifier: Apache-2.0

/**
 * What a CPNS Server tells PNEs of their PNs and groups: who owns one, and at which gateway a PN is. It is state, not a
 * queue: of each group the newest is said, until it is heard. Nothing of it is stored: a PNE asks in each session.
 */
import { Transmission } from '../delivery/transmission.ts';
import { isPersonalNetwork } from '../keys/reference.ts';
import { ImplementationLimits } from '../limits.ts';
import type { After } from '../link/timer.ts';
import { type GroupRecord, isMember } from './group-record.ts';
import type { Agreement } from './interface.ts';
import {
  decodeHeard,
  encodeHeard,
  encodeNotice,
  type GroupNotice,
  isSameNotice,
  WATCH,
} from './notice-message.ts';

export interface NoticeHost {
  readonly after: After;
  random(): number;
  groups(): Iterable<GroupRecord>;
  /** The CCS of a gateway, where the server has it. */
  gatewayCredential(gateway: string): Uint8Array | undefined;
  send(pneId: string, agreement: Agreement, message: Uint8Array): void;
}

interface Saying {
  readonly serial: number;
  readonly notice: GroupNotice;
  readonly transmission: Transmission;
}

/** A PNE that wants to be told. */
interface Watcher {
  readonly pneId: string;
  readonly agreement: Agreement;
  readonly pace: { readonly after: After; readonly random: () => number; heard: number };
  serial: number;
  readonly sayings: Map<number, Saying>;
  /** What it has heard, by reference. */
  readonly heard: Map<number, GroupNotice>;
}

export class ServiceNotices {
  private readonly host: NoticeHost;
  private readonly watchers = new Map<string, Watcher>();

  constructor(host: NoticeHost) {
    this.host = host;
  }

  /** That the PNE wants to be told, or has heard something. Refuses what is none of both. */
  receive(pneId: string, agreement: Agreement, bytes: Uint8Array): void {
    const serial = decodeHeard(bytes);
    if (serial === WATCH) return this.watch(pneId, agreement);
    const watcher = this.watchers.get(pneId);
    if (watcher?.agreement !== agreement) return;
    watcher.pace.heard += 1;
    for (const [reference, saying] of watcher.sayings)
      if (saying.serial === serial) {
        hush(watcher, reference);
        watcher.heard.set(reference, saying.notice);
      }
  }

  /** Something may have changed for this PNE. */
  tell(pneId: string): void {
    const watcher = this.watchers.get(pneId);
    if (watcher === undefined) return;
    const left = new Set([...watcher.sayings.keys(), ...watcher.heard.keys()]);
    for (const group of this.host.groups()) {
      if (!isMember(group, pneId) && group.owner !== pneId) continue;
      left.delete(group.reference);
      this.say(watcher, this.noticeOf(group));
    }
    for (const reference of left) {
      hush(watcher, reference);
      watcher.heard.delete(reference);
    }
  }

  forget(pneId: string): void {
    const watcher = this.watchers.get(pneId);
    for (const reference of watcher?.sayings.keys() ?? []) hush(watcher!, reference);
    this.watchers.delete(pneId);
  }

  /** On a new link of one session it knows what it has heard. */
  private watch(pneId: string, agreement: Agreement): void {
    const known = this.watchers.get(pneId);
    for (const reference of known?.sayings.keys() ?? []) hush(known!, reference);
    if (known?.agreement !== agreement) {
      const { after, random } = this.host;
      const pace = { after, random: () => random(), heard: 0 };
      const nothing = { sayings: new Map(), heard: new Map(), serial: 0 };
      this.watchers.set(pneId, { pneId, agreement, pace, ...nothing });
    }
    this.host.send(pneId, agreement, encodeHeard(WATCH));
    this.tell(pneId);
  }

  private say(watcher: Watcher, notice: GroupNotice): void {
    const { reference } = notice;
    const known = watcher.sayings.get(reference)?.notice ?? watcher.heard.get(reference);
    if (known !== undefined && isSameNotice(known, notice)) return;
    hush(watcher, reference);
    watcher.serial += 1;
    const { serial, pneId, agreement } = watcher;
    const message = encodeNotice(serial, notice);
    let times = 0;
    const transmission: Transmission = new Transmission(watcher.pace, () => {
      times += 1;
      // The PNE says in its next registration that it is there.
      if (times > ImplementationLimits.keyMaxRequests) transmission.stop();
      else this.host.send(pneId, agreement, message);
    });
    watcher.sayings.set(reference, { serial, notice, transmission });
    transmission.start();
  }

  private noticeOf({ reference, owner, gateway }: GroupRecord): GroupNotice {
    const known = gateway === undefined ? undefined : this.host.gatewayCredential(gateway);
    const isAt = isPersonalNetwork(reference) ? gateway : undefined;
    return { reference, owner, gateway: isAt, credential: known ?? new Uint8Array(0) };
  }
}

function hush({ sayings }: Watcher, reference: number): void {
  sayings.get(reference)?.transmission.stop();
  sayings.delete(reference);
}
