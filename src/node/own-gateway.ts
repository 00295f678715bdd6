// SPDX-License-Identifier: Apache-2.0

/** A PN GW in a program of one's own, for devices that come by TCP, which knows them in memory. */
import { DEFAULT_PN } from '../authorization/membership.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Credential, ccsCredential, type Identity } from '../handshake/credential.ts';
import { kidReference } from '../handshake/id-cred.ts';
import { refuse } from '../refusal.ts';
import { type NetworkWishes, networkWishes } from './device-networks.ts';
import { Members } from './members.ts';
import { type PnGatewayOptions, startPnGateway } from './pn-gateway.ts';
import { type Listener, listenTcp } from './tcp.ts';
import { after } from './timer.ts';
import { Wishes } from './wishes.ts';

type Required = 'server' | 'serverCredential';
type Own = 'peers' | 'grants' | 'pn' | 'admit' | 'withdraw' | 'revoke';

/** All that `startPnGateway` takes, of which this much has to be said. */
export interface SimpleGatewayOptions
  extends Pick<PnGatewayOptions, Required>,
    Partial<Omit<PnGatewayOptions, Required | Own>> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly devices: readonly Credential[];
  /** Where devices come by TCP: 0 picks one; on loopback, unless `host` says otherwise. */
  readonly port: number;
  readonly host?: string;
}

export interface SimpleGateway extends Listener {
  /** Names of the devices that it knows: those that its server takes in or cuts off come and go by themselves. */
  readonly devices: readonly string[];
  /**
   * What it asks its server of PNs, by what that grants it. Refused: `linkClosed` while the server is
   * away, `unanswered` where it has just gone.
   */
  readonly networks: NetworkWishes;
  /** Lets a device in. Refuses `credentialInvalid` one that has no name, or that of another. */
  addDevice(device: Credential): void;
  /** Cuts a device off. */
  removeDevice(name: string): void;
  /** Lets a device in again that the server has revoked, and granted anew. Refuses `credentialUnknown`. */
  grant(name: string): void;
  /** Lets it in no more, and passes on nothing that it says. Refuses `credentialUnknown`. */
  revoke(name: string): void;
}

export async function startOwnGateway({
  devices,
  port,
  host,
  ...options
}: SimpleGatewayOptions): Promise<SimpleGateway> {
  const members = new Members(devices);
  const gateway = startPnGateway({
    onAgreed(): void {},
    onRefused(): void {},
    onServerLink(): void {},
    onServerUnreachable(): void {},
    onServerRefused(): void {},
    ...options,
    ...byServer(members),
    ...{ peers: members.credentials, grants: members.grants, pn: DEFAULT_PN },
  });
  const wishes = new Wishes(gateway);
  const listener = await listenTcp(port, gateway.attachPne, after, host);
  return {
    port: listener.port,
    networks: networkWishes(wishes),
    get devices(): readonly string[] {
      return members.all.map(({ subject }) => subject!);
    },
    addDevice: (device) => members.add(device),
    removeDevice(name): void {
      members.remove(name);
      gateway.expel(name);
    },
    grant: (name) => members.grant(name),
    revoke: (name) => void members.revoke(name),
    close(): Promise<void> {
      wishes.close();
      gateway.close();
      return listener.close();
    },
  };
}

/** What its server states. It says it again on each link. */
function byServer(members: Members): Pick<PnGatewayOptions, 'admit' | 'withdraw' | 'revoke'> {
  const minimums = new Map<string, number>();
  return {
    async admit(name, bytes): Promise<void> {
      const credential = ccsCredential(bytes);
      if (credential.subject !== name) refuse('credentialInvalid');
      if (members.of(name) === undefined) members.add(credential);
    },
    withdraw: async (name) => members.remove(name),
    async revoke({ kid, minimum }): Promise<void> {
      for (const { subject } of members.credentials.candidates(kidReference(kid))) {
        if (minimum <= (minimums.get(subject!) ?? 0)) continue;
        minimums.set(subject!, minimum);
        members.revoke(subject!);
      }
    },
  };
}
