// SPDX-License-Identifier: Apache-2.0

/** Where a CPNS Server takes what PNEs and gateways say of users. What it answers is stored first. */
import type { UserClaim } from '../keys/user-code.ts';
import type { Link } from '../link/link.ts';
import { type ReasonName, refuse } from '../refusal.ts';
import type { Agreement } from './interface.ts';
import { Status } from './status.ts';
import { statusOf } from './user-assignment.ts';
import { decodeUserRequest, encodeUserAnswer } from './user-message.ts';

/** Where users, their codes and user keys are kept (src/node/user-registry.ts). */
export interface UserRegistry {
  /**
   * The user key of a PNE becomes its user's, where that was registered (claimUser). `done` is called once it is
   * stored, or with why it is not.
   */
  claim(claim: UserClaim, done: (refused: ReasonName | undefined) => void): void;
}

export interface UserDeskOptions {
  readonly users: UserRegistry;
  /** Where a PNE's newest verified message came from. */
  routeOf(pneId: string): { readonly gateway: Link } | undefined;
  /** Who the gateway at the end of this link has proved to be. */
  gatewayName(gateway: Link): string | undefined;
  send(pneId: string, agreement: Agreement, message: Uint8Array): void;
  /** Whether a PNE may say anything. */
  permits(pneId: string): boolean;
  /** Its user key may be another. */
  onAssigned(pneId: string): void;
  onRefused(reason: ReasonName, pneId: string): void;
}

export class UserDesk {
  private readonly options: UserDeskOptions;
  /** PNEs of which a claim is under way: one at a time, which it says again. */
  private readonly storing = new Set<string>();

  constructor(options: UserDeskOptions) {
    this.options = options;
  }

  /** A message of a PNE that is registered in this session. Refuses what it cannot take. */
  receive(pneId: string, agreement: Agreement, _boot: number, bytes: Uint8Array): void {
    const { users, routeOf, gatewayName, permits, send, onAssigned, onRefused } = this.options;
    if (!permits(pneId)) refuse('notAuthorized');
    const user = decodeUserRequest(bytes);
    const route = routeOf(pneId);
    const gateway = (route && gatewayName(route.gateway)) ?? refuse('userUnregistered');
    if (this.storing.has(pneId)) return;
    this.storing.add(pneId);
    users.claim({ gateway, pneId, user }, (refused) => {
      this.storing.delete(pneId);
      if (refused !== undefined) onRefused(refused, pneId);
      // It asks again.
      if (refused === 'storeFailed') return;
      if (refused === undefined) onAssigned(pneId);
      const status = refused === undefined ? Status.ok : statusOf(refused);
      send(pneId, agreement, encodeUserAnswer({ status, user }));
    });
  }
}
