// SPDX-License-Identifier: Apache-2.0

/** PN GWs in this process, one at each of the servers that come and go. */
import { DEFAULT_PN, lastingMembership } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { type Credential, createCredentialStore } from '../../src/handshake/credential.ts';
import type { After } from '../../src/link/timer.ts';
import type { NewIdentity } from '../../src/node/identity.ts';
import { linkPair } from '../../src/node/link-pair.ts';
import { type PnGateway, startPnGateway } from '../../src/node/pn-gateway.ts';
import type { Way } from './device.ts';

export interface NearGatewayOptions {
  readonly provider: CryptoProvider;
  readonly identity: NewIdentity;
  /** PNEs. */
  readonly peers: readonly Credential[];
  readonly server: string;
  readonly serverCredential: Credential;
  readonly after: After;
}

export function startNearGateway({ peers, ...options }: NearGatewayOptions): PnGateway {
  return startPnGateway({
    ...options,
    peers: createCredentialStore(peers),
    grants: lastingMembership(peers.map(({ subject }) => subject!)),
    pn: DEFAULT_PN,
    onAgreed(): void {},
    onRefused(): void {},
    onServerLink(): void {},
    onServerUnreachable(): void {},
    onServerRefused(): void {},
    withdraw: async () => undefined,
    admit: async () => undefined,
    revoke: async () => undefined,
  });
}

export function wayTo(gateway: PnGateway): Way {
  return (onLink, onClosed) => {
    const [near, far] = linkPair(onClosed);
    far.join(gateway.attachPne(far.link));
    near.join(onLink(near.link));
  };
}
