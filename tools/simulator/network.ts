// SPDX-License-Identifier: Apache-2.0

/** The CPNS Server and the PN GW, joined by a real WebSocket and by CPNS-2 on it, with PNEs provisioned for them. */
import { Authority } from '../../src/authorization/authority.ts';
import { DEFAULT_PN, serverGrant } from '../../src/authorization/membership.ts';
import { createCredentialStore } from '../../src/handshake/credential.ts';
import type { Link, LinkEvents } from '../../src/link/link.ts';
import { type CpnsServer, startCpnsServer } from '../../src/node/cpns-server.ts';
import { type HeldConsents, openConsents } from '../../src/node/held-consents.ts';
import { revocationsOf } from '../../src/node/held-grants.ts';
import { type KeptInvitations, openInvitations } from '../../src/node/invitations.ts';
import { networkOf } from '../../src/node/onboarding-code.ts';
import { joinedGrant } from '../../src/node/programs/admin-grants.ts';
import { newCode, type Registrar } from '../../src/node/programs/new-code.ts';
import type { KeyValueStore } from '../../src/node/store/store.ts';
import { listenTcp } from '../../src/node/tcp.ts';
import type { Invited, Provisioning } from '../../src/roles/provisioning.ts';
import type { ServerKeys } from '../../src/roles/server-keys.ts';
import { createMemoryStore } from '../../src/roles/server-store.ts';
import { listenRelay } from './attacks/relay.ts';
import { closeKeeper, fail, type Keeper, newRoot, openKeeper, openKeys, secondsNow } from './keepers.ts';
import { type Members, provisioningOf, provisionMembers } from './members.ts';
import { startGateway } from './network-gateway.ts';
import type { NetworkOptions } from './network-options.ts';
import type { Application } from './scenario/ims/application.ts';
import { listenLines } from './serial-lines.ts';

/** What PNEs may ask the server for. */
const PNES_MAY = 'group-create,group-own,group-discover,group-join';

export interface Network {
  /** What goes into each PNE's store, in the order of `pneIds`. */
  readonly provisioning: readonly (Provisioning | Invited)[];
  /** TCP port at which serial lines of PNEs end. */
  readonly linePort: number;
  /** What administers the server, as `pne-runtime admin` does. */
  readonly registrar: Registrar;
  readonly gatewayStore: KeyValueStore;
  readonly keys: ServerKeys;
  /** Registers a code for one more PNE, and returns it with what goes into the store of the PNE. */
  invite(pneId: string): Promise<{ readonly provisioning: Invited; readonly code: string }>;
  /** Has the server tell a PNE its interval, as it does once at the start: a PNE that restarts has forgotten. */
  deliverInterval(pneId: string): void;
  /** Has the server tell a PNE to say something to a group. */
  publish(pneId: string, reference: number, value: string): void;
  /** Gives the gateway a link to a PNE that came by no stream. */
  attachPne(link: Link): LinkEvents;
  /** TCP port of the gateway. */
  readonly gatewayPort: number;
  readonly members: Members;
  close(): Promise<void>;
}

export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const members = provisionMembers(options.pneIds, options.taps !== undefined);
  const { provider } = members;
  let server: CpnsServer | undefined;
  const keeper = await openKeeper({
    pnes: members.pnes.map(({ credential }) => credential),
    may: PNES_MAY,
    strangers: [],
    authority: new Authority({ now: secondsNow }),
    onGone(pneIds): void {
      for (const pneId of pneIds) goes(pneId);
    },
    onChanged: () => server !== undefined && state(server, keeper, invitations),
    onRevoked: (pneId) => options.onRevoked?.(pneId),
  });
  function goes(pneId: string): void {
    server?.expel(pneId);
    keys.revoke(pneId);
    options.onGone?.(pneId);
  }
  const root = newRoot(provider);
  const registrar = {
    store: keeper.store,
    provider,
    root,
    network: networkOf(members.server.credential.cred),
  };
  const gateways = [members.gateway.credential];
  const keys = await openKeys({ provider, root, keeper, gateways, onHolder: options.onHolder });
  const invitations = await openInvitationsOf(keeper, registrar);
  const consents = await openConsents({
    ...{ store: keeper.store, now: secondsNow, onFailed: fail },
    onAsked(): void {},
    onChanged: () => server?.askOwners(),
  });
  const { scenario } = options;
  const application = await scenario?.openApplication(keeper, provider, members.server.credential);
  server = await startServer(options, members, { keeper, keys, invitations, consents, application });
  const started = server;
  await application?.join(started);
  const url = `ws://${scenario?.ipsec.serverHost ?? '127.0.0.1'}:${started.port}`;
  const wire = options.taps && (await listenRelay(url, options.taps.wire));
  const { gateway, ...gatewayKeeper } = await startGateway(
    options,
    members,
    wire ? `ws://127.0.0.1:${wire.port}` : url,
  );
  const { onLink = (link, attach) => attach(link) } = options;
  const attachPne = (link: Link) => onLink(scenario?.link(link) ?? link, gateway.attachPne);
  const gatewayListener = await listenTcp(0, attachPne);
  const lineListener = await listenLines(attachPne);
  const place = { gatewayAddress: '127.0.0.1', gatewayPort: gatewayListener.port };
  return {
    provisioning: members.pnes.map((own) => provisioningOf(members, own, place)),
    linePort: lineListener.port,
    registrar,
    gatewayStore: gatewayKeeper.store,
    keys,
    async invite(pneId) {
      const { secret, code } = await newCode(registrar, pneId);
      deliverInterval(started, pneId, options);
      return { provisioning: { pneId, ...place, secret }, code };
    },
    deliverInterval: (pneId) => deliverInterval(started, pneId, options),
    publish: (pneId, publish, value) => started.deliver(pneId, { publish, value }),
    attachPne,
    gatewayPort: gatewayListener.port,
    members,
    async close(): Promise<void> {
      gateway.close();
      await wire?.close();
      for (const each of [keeper, gatewayKeeper]) closeKeeper(each);
      for (const each of [invitations, consents]) each.close();
      await gatewayListener.close();
      await lineListener.close();
      await started.close();
    },
  };
}

function openInvitationsOf(
  { store, devices, grants }: Keeper,
  registrar: Registrar,
): Promise<KeptInvitations> {
  return openInvitations({
    ...registrar,
    grantOf: (pneId) => serverGrant(grants.authority, DEFAULT_PN, pneId) ?? new Uint8Array(0),
    granting: (pneId) => joinedGrant(store, pneId, PNES_MAY),
    async onRegistered(): Promise<void> {
      await Promise.all([grants.refresh(), devices.refresh()]);
    },
    onFailed: fail,
  });
}

/** Tells the gateway who is withdrawn, who has joined, and what is revoked. */
function state(server: CpnsServer, { devices, grants }: Keeper, invitations: KeptInvitations): void {
  server.setWithdrawn(devices.withdrawn);
  const joined = new Set(invitations.joined);
  server.setAdmitted(devices.all.filter(({ subject }) => joined.has(subject!)));
  server.setRevoked(revocationsOf(devices.all, grants.minimums));
  server.readmit();
}

interface ServerParts {
  readonly keeper: Keeper;
  readonly keys: ServerKeys;
  readonly invitations: KeptInvitations;
  readonly consents: HeldConsents;
  readonly application: Application | undefined;
}

async function startServer(
  options: NetworkOptions,
  { provider, server, gateway }: Members,
  { keeper, keys, invitations, consents, application }: ServerParts,
): Promise<CpnsServer> {
  const { algorithm, scenario, watch = (each) => each } = options;
  const started = await startCpnsServer({
    provider: watch(provider, 'server'),
    identity: server,
    peers: keeper.devices.credentials,
    gateways: createCredentialStore([gateway.credential]),
    ...(algorithm !== undefined && { algorithms: [algorithm] }),
    port: scenario?.ipsec.listener ?? 0,
    ...(scenario !== undefined && { host: scenario.ipsec.serverHost, ipsec: scenario.ipsec.server }),
    ...(application !== undefined && { entities: application.served }),
    store: application?.store ?? createMemoryStore(),
    grants: keeper.grants.authority,
    pn: DEFAULT_PN,
    keys,
    ...{ invitations, consents },
    onJoined: (pneId) => options.onJoined?.(pneId),
    onAgreed(agreement): void {
      if (agreement.name === 'CPNS-3') invitations.finish(agreement.peer.subject!);
      options.onAgreed(agreement);
    },
    onRegistered(): void {},
    onReading(pneId, reading): void {
      application?.expect(pneId, reading);
      options.onReading(pneId, reading);
    },
    /** The PNE restarted with it under way: it has no interval, whether it got this one or not. */
    onContentSettled(pneId, _ticket, outcome): void {
      if (outcome === 'unknown') deliverInterval(started, pneId, options);
    },
    onRefused: (reason, pneId) => options.onRefused(reason, pneId, 'CPNS-3'),
    onGatewayRefused: (reason) => options.onRefused(reason, undefined, 'CPNS-2'),
  });
  for (const pneId of options.pneIds) deliverInterval(started, pneId, options);
  return started;
}

function deliverInterval(server: CpnsServer, pneId: string, { intervalMs }: NetworkOptions): void {
  server.deliver(pneId, { interval: intervalMs });
}
