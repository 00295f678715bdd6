// SPDX-License-Identifier: Apache-2.0

/** What whoever runs a server of one's own may do with devices and gateways while it runs. */
import { Authority } from '../authorization/authority.ts';
import { THIS_END } from '../authorization/cti.ts';
import { gatewayScope } from '../authorization/gateway-access.ts';
import { together } from '../authorization/membership.ts';
import { EVERY } from '../authorization/service-access.ts';
import type { Credential } from '../handshake/credential.ts';
import { refuse } from '../refusal.ts';
import type { ServerKeys } from '../roles/server-keys.ts';
import { type GatewayServiceRight, numberFor, type ServiceRight, scopeOf } from '../roles/service-rights.ts';
import type { CpnsServer } from './cpns-server.ts';
import { revocationsOf } from './held-grants.ts';
import type { Members } from './members.ts';

/** An operation on every PN or group, those that are to be among them, or on one by its reference. */
export type Right = ServiceRight | readonly [ServiceRight, number];

export interface Administration {
  /** Takes a device in, which may do then what devices do. Gateways learn of it. Refuses `credentialInvalid`. */
  addDevice(device: Credential): void;
  /** Cuts a device off, here and at its gateways. */
  removeDevice(name: string): void;
  /**
   * What a device may do besides, in place of what it might; one that was revoked may do again what devices do. Refuses
   * `credentialUnknown`, `badArgument` a right that is not for that PN or group, and `grantInvalid` too many rights.
   */
  grant(name: string, ...rights: readonly Right[]): void;
  /** It may do nothing, and has no keys, from now on, until it is granted something. Refuses `credentialUnknown`. */
  revoke(name: string): void;
  /**
   * What a gateway may do, in place of what it might: PNs, by their references, that it may take over where that is
   * asked for, and what it may ask for itself. Refuses what `grant` refuses.
   */
  grantGateway(name: string, granted: GatewayGrant): void;
}

export interface GatewayGrant {
  readonly takes?: readonly number[];
  readonly may?: readonly GatewayRight[];
}

/** The same of a gateway. */
export type GatewayRight = GatewayServiceRight | readonly [GatewayServiceRight, number];

/** What may be done: by devices, and by gateways. */
export interface OwnGrants {
  readonly members: Members;
  readonly gateways: GatewayGrants;
}

export class GatewayGrants {
  readonly authority = new Authority({ now: () => 0 });
  private readonly known: readonly Credential[];
  private sequence = 0;

  constructor(known: readonly Credential[]) {
    this.known = known;
  }

  grant(name: string, { takes = [], may = [] }: GatewayGrant): void {
    if (!this.has(name)) refuse('credentialUnknown', `no gateway is called ${name}`);
    this.sequence += 1;
    const taken = gatewayScope({
      takes: takes.map((each) => numberFor('gateway-request', each)),
      bridges: [],
    });
    const scope = together([...taken, ...scopeOf(may.map(rowOf))]);
    const { sequence } = this;
    this.authority.hold(name, {
      audience: THIS_END,
      sequence,
      scope,
      expiry: { exp: Number.MAX_SAFE_INTEGER },
    });
  }

  has(name: string): boolean {
    return this.known.some(({ subject }) => subject === name);
  }
}

export function administration(
  { members, gateways }: OwnGrants,
  keys: ServerKeys,
  server: CpnsServer,
): Administration {
  const minimums = new Map<string, number>();
  const withdrawn = new Set<string>();
  const joined = new Map<string, Credential>();
  const stateAll = () => {
    server.setWithdrawn([...withdrawn]);
    server.setAdmitted([...joined.values()]);
  };
  return {
    addDevice(device): void {
      members.add(device);
      keys.reinstate(device.subject!);
      withdrawn.delete(device.subject!);
      joined.set(device.subject!, device);
      stateAll();
    },
    removeDevice(name): void {
      members.remove(name);
      server.expel(name);
      keys.revoke(name);
      joined.delete(name);
      withdrawn.add(name);
      stateAll();
    },
    grant(name, ...rights): void {
      members.grant(name, scopeOf(rights.map(rowOf)));
      keys.reinstate(name);
      server.readmit();
    },
    revoke(name): void {
      minimums.set(name, members.revoke(name));
      keys.revoke(name);
      server.setRevoked(revocationsOf(members.all, minimums));
    },
    grantGateway: (name, granted) => gateways.grant(name, granted),
  };
}

function rowOf(right: Right): readonly [ServiceRight, number] {
  if (typeof right === 'string') return [right, EVERY];
  return [right[0], numberFor(...right)];
}
