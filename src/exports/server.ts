// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/server`: a CPNS Server in a program of one's own. */
import { DEFAULT_PN, lastingMembership } from '../authorization/membership.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Credential, createCredentialStore, type Identity } from '../handshake/credential.ts';
import { type CpnsServer, type CpnsServerOptions, startCpnsServer } from '../node/cpns-server.ts';
import { createMemoryStore } from '../roles/server-store.ts';

export { DEFAULT_PN, lastingMembership } from '../authorization/membership.ts';
export { createCredentialStore } from '../handshake/credential.ts';
export { type CpnsServer, type CpnsServerOptions, startCpnsServer } from '../node/cpns-server.ts';
export { createMemoryStore, type Reading, type ServerStore } from '../roles/server-store.ts';

type Required = 'onReading' | 'port';

/** All that `startCpnsServer` takes, of which this much has to be said. */
export interface SimpleServerOptions
  extends Pick<CpnsServerOptions, Required>,
    Partial<Omit<CpnsServerOptions, Required | 'peers' | 'gateways'>> {
  readonly provider: CryptoProvider;
  readonly identity: Identity;
  readonly devices: readonly Credential[];
  readonly gateways: readonly Credential[];
}

/**
 * A server for devices and gateways that are known beforehand, which may all do what devices do. What it has received it
 * keeps in memory, unless it is given another `store`: after a restart a reading may come again.
 */
export function startServer({ devices, gateways, ...options }: SimpleServerOptions): Promise<CpnsServer> {
  return startCpnsServer({
    store: createMemoryStore(),
    grants: lastingMembership(devices.map(({ subject = '' }) => subject)),
    pn: DEFAULT_PN,
    onAgreed(): void {},
    onRegistered(): void {},
    onContentSettled(): void {},
    onRefused(): void {},
    onGatewayRefused(): void {},
    ...options,
    peers: createCredentialStore(devices),
    gateways: createCredentialStore(gateways),
  });
}
