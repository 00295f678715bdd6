// SPDX-License-Identifier: Apache-2.0

/** What a CPNS Server tells its gateways of groups: who may send what, and keys of PNs. It tells what is new, once. */
import { isPersonalNetwork } from '../keys/reference.ts';
import type { Link } from '../link/link.ts';
import type { ServerGroup } from './group-key.ts';
import type { GroupRecord } from './group-record.ts';
import type { GroupSeat, ServerKeyHost } from './server-keys.ts';

type Host = Pick<ServerKeyHost, 'routeOf' | 'gatewayName' | 'onSeats' | 'onPnKey'>;

export class GatewayNotices {
  private readonly host: Host;
  private readonly groups: ReadonlyMap<number, ServerGroup>;
  /** Of a PNE: where it was, and what was said of it there. */
  private readonly seats = new Map<string, { readonly gateway: Link; readonly text: string }>();
  /** Gateways that were given the key of a PN and are there, and of which epoch. */
  private readonly pnKeys = new Map<number, Map<Link, number>>();

  constructor(host: Host, groups: ReadonlyMap<number, ServerGroup>) {
    this.host = host;
    this.groups = groups;
  }

  /** Of the groups of this PNE, to the gateway where it is. */
  tell(pneId: string): void {
    const gateway = this.host.routeOf(pneId)?.gateway;
    if (gateway === undefined) return;
    const seats: GroupSeat[] = [];
    for (const group of this.groups.values()) {
      const { reference } = group.record;
      const member = group.members.get(pneId);
      if (member === undefined) continue;
      seats.push({ reference, sender: member.sender });
      if (isPersonalNetwork(reference)) this.givePnKey(gateway, group);
    }
    this.giveSeats(gateway, pneId, seats);
  }

  forget(pneId: string): void {
    this.seats.delete(pneId);
  }

  /** The link of a gateway is gone: on the next one it is told anew. */
  leave(gateway: Link): void {
    for (const told of this.pnKeys.values()) told.delete(gateway);
    for (const [pneId, told] of this.seats) if (told.gateway === gateway) this.seats.delete(pneId);
  }

  /** There is no such group any more. */
  ended({ reference, key }: GroupRecord): void {
    for (const gateway of this.pnKeys.get(reference)?.keys() ?? [])
      this.host.onPnKey(gateway, reference, key.epoch, () => new Uint8Array(0));
    this.pnKeys.delete(reference);
  }

  /** A gateway that a PN has left forgets its key. */
  moved({ reference, key, gateway }: GroupRecord): void {
    const told = this.pnKeys.get(reference) ?? new Map<Link, number>();
    for (const link of [...told.keys()]) {
      if (gateway === undefined || this.host.gatewayName(link) === gateway) continue;
      told.delete(link);
      this.host.onPnKey(link, reference, key.epoch, () => new Uint8Array(0));
    }
  }

  private giveSeats(gateway: Link, pneId: string, seats: readonly GroupSeat[]): void {
    const told = this.seats.get(pneId);
    const text = seats.map(({ reference, sender }) => `${reference} ${sender}`).join();
    if ((told?.text ?? '') === text && (text === '' || told?.gateway === gateway)) return;
    this.seats.set(pneId, { gateway, text });
    this.host.onSeats(gateway, pneId, seats);
  }

  /** A gateway that has members of a PN has its key, unless the PN is at another. */
  private givePnKey(gateway: Link, group: ServerGroup): void {
    const { reference, key, gateway: own } = group.record;
    if (own !== undefined && this.host.gatewayName(gateway) !== own) return;
    const told = this.pnKeys.get(reference) ?? new Map<Link, number>();
    if (told.get(gateway) === key.epoch) return;
    for (const [link, epoch] of told) if (epoch !== key.epoch) told.delete(link);
    this.pnKeys.set(reference, told.set(gateway, key.epoch));
    this.host.onPnKey(gateway, reference, key.epoch, (above) => group.wrapped(above));
  }
}
