// SPDX-License-Identifier: Apache-2.0

/** What the server tells a PNE of its PNs and groups without being asked, as it is understood here. */
import { Transmission } from '../delivery/transmission.ts';
import { ImplementationLimits } from '../limits.ts';
import { decodeNotice, encodeHeard, type GroupNotice, isSameNotice, WATCH } from './notice-message.ts';
import type { KeyHost } from './pne-keys.ts';

const { keyMaxRequests, pneMaxGroups, pneMaxNetworks } = ImplementationLimits;
/** Those of a PNE, and as many again that it has left or owns from outside. */
const MAX_KNOWN = 2 * (pneMaxGroups + pneMaxNetworks);

export class PneNotices {
  private readonly onNotice: (notice: GroupNotice) => void;
  /** The one that was told of last comes last. */
  private known: readonly GroupNotice[] = [];
  private host!: KeyHost;
  private asking!: Transmission;
  private requests = 0;

  constructor(onNotice: (notice: GroupNotice) => void) {
    this.onNotice = onNotice;
  }

  bind(host: KeyHost): void {
    this.host = host;
    this.asking = new Transmission(host.pace, () => this.ask());
  }

  /** A session or a link is new: the server is to tell of what it has not told in this session. */
  start(): void {
    this.requests = 0;
    this.asking.start();
  }

  stop(): void {
    this.asking.stop();
  }

  /** Refuses what is no notice. One that says nothing new is told to the server as heard, and to nobody else. */
  receive(bytes: Uint8Array): void {
    const { serial, notice } = decodeNotice(bytes);
    this.asking.stop();
    if (notice === undefined) return;
    const { reference } = notice;
    const former = this.known.find((each) => each.reference === reference);
    this.known = [...this.known.filter((each) => each !== former), notice].slice(-MAX_KNOWN);
    if (former === undefined || !isSameNotice(former, notice)) this.onNotice(notice);
    this.host.send(encodeHeard(serial));
  }

  private ask(): void {
    this.requests += 1;
    if (this.requests > keyMaxRequests) this.asking.stop();
    else this.host.send(encodeHeard(WATCH));
  }
}
