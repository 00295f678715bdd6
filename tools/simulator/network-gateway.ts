// SPDX-License-Identifier: Apache-2.0

/** The PN GW of a run. */
import { DEFAULT_PN } from '../../src/authorization/membership.ts';
import { kidReference } from '../../src/handshake/id-cred.ts';
import { admit, withdraw } from '../../src/node/devices.ts';
import { revokeStated } from '../../src/node/grants.ts';
import {
  createPnGateway,
  joinServer,
  type PnGateway,
  type PnGatewayOptions,
} from '../../src/node/pn-gateway.ts';
import { grantJoined } from '../../src/node/programs/admin-grants.ts';
import type { Gateway } from '../../src/roles/gateway.ts';
import type { Taps } from './attacks/target.ts';
import { type Keeper, openKeeper, secondsNow } from './keepers.ts';
import type { Members } from './members.ts';
import type { NetworkOptions } from './network-options.ts';
import { gatewayAuthority } from './shown-grants.ts';

/**
 * Resolves once it has its first link to the server; later ones come by themselves. Rejects where a scenario lets it have
 * none.
 */
export async function startGateway(
  options: NetworkOptions,
  members: Members,
  server: string,
): Promise<Keeper & { readonly gateway: PnGateway }> {
  let gateway: PnGateway | undefined;
  const keeper = await openKeeper({
    pnes: members.pnes.map(({ credential }) => credential),
    strangers: members.visitor === undefined ? [] : [members.visitor.credential],
    authority: gatewayAuthority(members.issuing, secondsNow),
    onGone(pneIds): void {
      for (const pneId of pneIds) gateway?.expel(pneId);
    },
    onChanged(): void {},
    onRevoked(): void {},
  });
  const { scenario } = options;
  return new Promise((resolve, reject) => {
    const own: PnGatewayOptions = {
      ...gatewayOptions(options, members, keeper),
      server,
      ...(scenario !== undefined && { ipsec: scenario.ipsec.gateway, dial: scenario.ipsec.dial }),
      onServerUnreachable(error): void {
        const missing = scenario?.unreachable(error);
        if (missing !== undefined) reject(missing);
      },
      onServerLink(isThere): void {
        options.onServerLink?.(isThere);
        resolve({ gateway: started, ...keeper });
      },
    };
    const role = createPnGateway(own);
    const started = joinServer(own, options.taps === undefined ? role : tapped(role, options.taps));
    gateway = started;
  });
}

/** Somebody has this gateway in hand: sees and changes the routes that it passes on. */
function tapped(role: Gateway, { relay }: Taps): Gateway {
  return { ...role, attachServer: (link) => relay.between(link, role.attachServer) };
}

function gatewayOptions(
  { watch = (each) => each, ...options }: NetworkOptions,
  { provider, gateway, server }: Members,
  { store, devices, grants }: Keeper,
): Omit<PnGatewayOptions, 'server' | 'onServerLink' | 'onServerUnreachable'> {
  return {
    provider: watch(provider, 'gateway'),
    identity: gateway,
    peers: devices.credentials,
    serverCredential: server.credential,
    // The server tells of CPNS-2.
    onAgreed: (agreement) => agreement.name !== 'CPNS-2' && options.onAgreed(agreement),
    grants: grants.authority,
    pn: DEFAULT_PN,
    onRefused: (reason, pneId) => options.onRefused(reason, pneId, 'CPNS-1'),
    onServerRefused: (reason) => options.onRefused(reason, undefined, 'CPNS-2'),
    async admit(pneId, credential): Promise<void> {
      if (!devices.ids.includes(pneId)) await grantJoined(store, pneId);
      await admit(store, pneId, credential);
      await Promise.all([grants.refresh(), devices.refresh()]);
    },
    async withdraw(pneId): Promise<void> {
      await withdraw(store, pneId);
    },
    async revoke({ kid, minimum }): Promise<void> {
      for (const { subject } of devices.credentials.candidates(kidReference(kid)))
        await revokeStated(store, subject!, minimum);
    },
  };
}
