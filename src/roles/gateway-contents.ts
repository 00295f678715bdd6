// SPDX-License-Identifier: Apache-2.0

/**
 * Contents of groups at a gateway: from a PNE, the server or another gateway to the members on its links. What came by one
 * way and comes by another is passed on once.
 */
import { toHex } from '../bytes/hex.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Content, parseContent } from '../groups/content.ts';
import type { After } from '../link/timer.ts';
import { NodeLimits } from '../node-limits.ts';
import { refuse } from '../refusal.ts';
import { PnKeys } from './pn-keys.ts';
import { Roster } from './roster.ts';

export interface GroupContentsOptions {
  readonly provider: CryptoProvider;
  readonly after: After;
  /** Sends a message to each of the PNEs here of which `isFor` says so. */
  sendToEach(isFor: (pneId: string | undefined) => boolean, message: Uint8Array): void;
  onPnContent?(reference: number, sender: number, payload: Uint8Array): void;
}

export class GroupContents {
  readonly roster = new Roster();
  readonly pnKeys: PnKeys;
  private readonly options: GroupContentsOptions;
  /** Those that came last from elsewhere, the oldest first, and whether a gateway had them first. */
  private readonly seen = new Map<string, boolean>();

  constructor(options: GroupContentsOptions) {
    this.options = options;
    this.pnKeys = new PnKeys(options.provider, options.after);
  }

  /** Another server, or the same anew: it tells again. */
  clear(): void {
    this.roster.clear();
    this.pnKeys.clear();
  }

  /** Passes on what a PNE said. Refuses what does not name it. Returns what is left to do, which may be refused, too. */
  fromPne(message: Uint8Array, pneId: string | undefined): () => void {
    const content = this.roster.checkSender(message.subarray(1), pneId);
    this.passOn(content, message, pneId);
    return () => this.read(content);
  }

  /** What the server passes on. Refuses what is no content, and what a key of a PN does not open. */
  fromServer(message: Uint8Array): void {
    const content = parseContent(message.subarray(1));
    const wasBridged = this.seen.get(toHex(message)) === true;
    if (wasBridged) return;
    this.remember(message, false);
    this.passOn(content, message);
    this.read(content);
  }

  /**
   * What another gateway says that one of its PNEs has said. Refuses `senderForeign` where that is a member which is here,
   * and `groupUnknown` where nobody here is a member.
   */
  fromGateway(message: Uint8Array): void {
    const { roster } = this;
    const content = parseContent(message.subarray(1));
    if (!roster.hasMembers(content.reference)) refuse('groupUnknown');
    if (roster.isSeated(content.reference, content.sender.number)) refuse('senderForeign');
    // One that is forged is another: it keeps no true one back.
    if (this.seen.has(toHex(message))) return;
    this.remember(message, true);
    this.passOn(content, message);
    this.read(content);
  }

  private passOn({ reference }: Content, message: Uint8Array, from?: string): void {
    const isFor = (pneId: string | undefined) => pneId !== from && this.roster.isMember(pneId, reference);
    this.options.sendToEach(isFor, message);
  }

  private read(content: Content): void {
    const payload = this.pnKeys.open(content);
    if (payload !== undefined) this.options.onPnContent?.(content.reference, content.sender.number, payload);
  }

  private remember(message: Uint8Array, isBridged: boolean): void {
    this.seen.set(toHex(message), isBridged);
    for (const oldest of this.seen.keys()) {
      if (this.seen.size <= NodeLimits.gatewayMaxSeenContents) return;
      this.seen.delete(oldest);
    }
  }
}
