// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/gateway`: a PN GW in a program of one's own. */
import { DEFAULT_PN, lastingMembership } from '../authorization/membership.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Credential, createCredentialStore, type Identity } from '../handshake/credential.ts';
import { type PnGatewayOptions, startPnGateway } from '../node/pn-gateway.ts';
import { type Listener, listenTcp } from '../node/tcp.ts';
import { after } from '../node/timer.ts';

export { type PnGateway, type PnGatewayOptions, startPnGateway } from '../node/pn-gateway.ts';
export { type Listener, listenTcp } from '../node/tcp.ts';

type Required = 'server' | 'serverCredential';

/** All that `startPnGateway` takes, of which this much has to be said. */
export interface SimpleGatewayOptions
  extends Pick<PnGatewayOptions, Required>,
    Partial<Omit<PnGatewayOptions, Required | 'peers'>> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly devices: readonly Credential[];
  /** Where devices come by TCP: 0 picks one; on loopback, unless `host` says otherwise. */
  readonly port: number;
  readonly host?: string;
}

/** A gateway for devices that are known beforehand and come by TCP. */
export async function startGateway({
  devices,
  port,
  host,
  ...options
}: SimpleGatewayOptions): Promise<Listener> {
  const gateway = startPnGateway({
    grants: lastingMembership(devices.map(({ subject = '' }) => subject)),
    pn: DEFAULT_PN,
    onAgreed(): void {},
    onRefused(): void {},
    onServerLink(): void {},
    onServerUnreachable(): void {},
    onServerRefused(): void {},
    withdraw: async () => {},
    admit: async () => {},
    revoke: async () => {},
    ...options,
    peers: createCredentialStore(devices),
  });
  const listener = await listenTcp(port, gateway.attachPne, after, host);
  return {
    port: listener.port,
    close(): Promise<void> {
      gateway.close();
      return listener.close();
    },
  };
}
