// SPDX-License-Identifier: Apache-2.0

/** The network of a run as attackers meet it. */
import type { Claims } from '../../../src/authorization/claims.ts';
import type { Credential } from '../../../src/handshake/credential.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Network } from '../network.ts';
import { issueGrant } from '../shown-grants.ts';
import type { Account, Arrival, Refused, Taps, Target } from './target.ts';

export interface LiveOptions {
  readonly network: Network;
  readonly taps: Taps;
  readonly pneIds: readonly string[];
  readonly radio: Target['radio'];
  readonly account: Account;
  restart(pne: string): Promise<void>;
  rollBack(pne: string): Promise<void>;
}

const LATEST_OF_EACH = 8;

type Tell<Event> = (event: Event) => void;

export class LiveTarget implements Target {
  readonly taps: Taps;
  readonly radio: Target['radio'];
  readonly account: Account;
  private readonly options: LiveOptions;
  /** Whose readings arrived last. */
  private latest: readonly string[] = [];
  private readonly refusedTold = new Set<Tell<Refused>>();
  private readonly arrivalTold = new Set<Tell<Arrival>>();

  constructor(options: LiveOptions) {
    this.options = options;
    this.taps = options.taps;
    this.radio = options.radio;
    this.account = options.account;
  }

  get provider() {
    return this.members.provider;
  }

  get gatewayPort(): number {
    return this.options.network.gatewayPort;
  }

  get gateway(): Credential {
    return this.members.gateway.credential;
  }

  get server(): Credential {
    return this.members.server.credential;
  }

  get victims() {
    return this.members.pnes;
  }

  get visitor() {
    return this.members.visitor!;
  }

  issue(holder: Credential, expiry: Claims['expiry']): Uint8Array {
    return issueGrant(this.members.issuing, holder, expiry);
  }

  nudge(): void {
    for (const pneId of this.options.pneIds) this.tell(pneId);
  }

  hasReported(pne: string): boolean {
    return this.latest.includes(pne);
  }

  restart(pne: string): Promise<void> {
    return this.options.restart(pne);
  }

  rollBack(pne: string): Promise<void> {
    return this.options.rollBack(pne);
  }

  onRefused(tell: Tell<Refused>): () => void {
    this.refusedTold.add(tell);
    return () => this.refusedTold.delete(tell);
  }

  onArrival(tell: Tell<Arrival>): () => void {
    this.arrivalTold.add(tell);
    return () => this.arrivalTold.delete(tell);
  }

  refused(refused: Refused): void {
    for (const tell of [...this.refusedTold]) tell(refused);
  }

  arrived(arrival: Arrival): void {
    const { pneIds } = this.options;
    this.latest = [...this.latest.slice(1 - LATEST_OF_EACH * pneIds.length), arrival.pne];
    for (const tell of [...this.arrivalTold]) tell(arrival);
  }

  private get members() {
    return this.options.network.members;
  }

  /** A PNE that is away may have as many contents waiting as there can be. */
  private tell(pneId: string): void {
    try {
      this.options.network.deliverInterval(pneId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
