// SPDX-License-Identifier: Apache-2.0

/** A PNE in this process, on links to one gateway after the other. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential } from '../../src/handshake/credential.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import type { After } from '../../src/link/timer.ts';
import type { NewIdentity } from '../../src/node/identity.ts';
import { compactPayloads } from '../../src/payload/compact.ts';
import { staticDhInterface } from '../../src/roles/interface.ts';
import { createPne, type Pne } from '../../src/roles/pne.ts';

/** A link to a gateway, which `onLink` adopts. `onClosed` is called once, when it is gone or has not come about. */
export type Way = (onLink: (link: Link) => LinkEvents, onClosed: () => void) => void;

/** Before it connects again. */
const RECONNECT_MS = 1000;
/** Readings that a PNE has accepted at one gateway, where there are several, before it goes to the next. */
const READINGS_AT_ONE = 20;

export interface DeviceOptions {
  readonly provider: CryptoProvider;
  readonly identity: NewIdentity;
  readonly server: Credential;
  /** The credential of each gateway, and the way there. */
  readonly gateways: readonly Credential[];
  readonly ways: readonly Way[];
  readonly after: After;
  /** Whether it reports whenever it has room. */
  isSending(): boolean;
  onAccepted(): void;
}

/** What one PNE has sent: values from 0 on, one a reading. */
export interface Sent {
  readonly pneId: string;
  readonly accepted: ReadonlySet<number>;
  readonly reported: number;
}

export class Device implements Sent {
  readonly pneId: string;
  readonly accepted = new Set<number>();
  reported = 0;
  private readonly options: DeviceOptions;
  private readonly pne: Pne;
  private isAway = false;
  private connections = 0;
  private link: Link | undefined;
  /** From when it is asked for until it is gone. */
  private hasLink = false;

  constructor(options: DeviceOptions) {
    const { provider, identity, gateways, server, after } = options;
    this.options = options;
    this.pneId = identity.credential.subject!;
    this.pne = createPne({
      pneId: this.pneId,
      hop: staticDhInterface('pne', 'CPNS-1', provider, identity, gateways),
      endToEnd: staticDhInterface('pne', 'CPNS-3', provider, identity, [server]),
      after,
      payloads: compactPayloads,
      boots: { epoch: undefined, write(): void {} },
      onAgreed(): void {},
      onContent(): void {},
      onReceipt: (handle, outcome) => this.settle(handle, outcome === 'accepted'),
      onRefused(): void {},
    });
    this.fill();
    this.connect();
  }

  get isIdle(): boolean {
    return this.pne.idle;
  }

  /** Reports one reading more, and returns its value, which is its handle too. */
  report(): number {
    const value = this.reported;
    this.pne.report(value);
    this.reported += 1;
    return value;
  }

  /** Ends its link, and makes no other until it comes. */
  leave(): void {
    this.isAway = true;
    this.link?.close();
  }

  come(): void {
    this.isAway = false;
    this.connect();
  }

  private settle(value: number, isAccepted: boolean): void {
    if (isAccepted) this.accepted.add(value);
    this.moveOn();
    this.fill();
    this.options.onAccepted();
  }

  private fill(): void {
    while (this.options.isSending() && this.pne.room > 0) this.report();
  }

  /** One link at a time: who comes while the former one still closes has the next when that is gone. */
  private connect(): void {
    if (this.isAway || this.hasLink) return;
    const { ways } = this.options;
    const way = ways[this.connections % ways.length]!;
    this.connections += 1;
    this.hasLink = true;
    way(
      (link) => this.adopt(link),
      () => this.lose(),
    );
  }

  private adopt(link: Link): LinkEvents {
    this.link = link;
    const events = this.pne.attach(link);
    if (this.isAway) link.close();
    return events;
  }

  private lose(): void {
    this.link = undefined;
    this.hasLink = false;
    this.options.after(RECONNECT_MS, () => this.connect());
  }

  private moveOn(): void {
    if (this.options.ways.length > 1 && this.accepted.size % READINGS_AT_ONE === 0) this.link?.close();
  }
}
