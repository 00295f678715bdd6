// SPDX-License-Identifier: Apache-2.0

/** Who may send to which group, as the server has told its gateway: PNEs by their names, and their sender numbers. */
import { type Content, parseContent } from '../groups/content.ts';
import { refuse } from '../refusal.ts';
import type { GroupSeat } from './server-keys.ts';

export class Roster {
  private readonly seats = new Map<string, ReadonlyMap<number, number>>();

  /** Takes the place of what was known of this PNE. */
  seat(pneId: string, seats: readonly GroupSeat[]): void {
    if (seats.length === 0) this.seats.delete(pneId);
    else this.seats.set(pneId, new Map(seats.map(({ reference, sender }) => [reference, sender])));
  }

  /** Refuses `senderForeign` a content that names another sender than the PNE that its hop session is with. */
  checkSender(content: Uint8Array, pneId: string | undefined): Content {
    const parsed = parseContent(content);
    const sender = pneId === undefined ? undefined : this.seats.get(pneId)?.get(parsed.reference);
    return sender === parsed.sender.number ? parsed : refuse('senderForeign');
  }

  isMember(pneId: string | undefined, reference: number): boolean {
    return pneId !== undefined && this.seats.get(pneId)?.has(reference) === true;
  }

  hasMembers(reference: number): boolean {
    return [...this.seats.values()].some((seats) => seats.has(reference));
  }

  /** Whether a PNE here has this number. */
  isSeated(reference: number, sender: number): boolean {
    return [...this.seats.values()].some((seats) => seats.get(reference) === sender);
  }

  /** Another server, or the same anew: it tells again. */
  clear(): void {
    this.seats.clear();
  }
}
