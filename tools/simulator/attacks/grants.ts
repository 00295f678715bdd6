// SPDX-License-Identifier: Apache-2.0

/** What the controls of attacks with grants share. */
import { createCredentialStore } from '../../../src/handshake/credential.ts';
import { gatewayAuthority, type Issuing } from '../shown-grants.ts';
import { createIdentities, type Identities, SmallNetwork } from './small-network.ts';

/** A network whose gateway holds no grant, and what it takes to issue one. */
export function grantNetwork(now: () => number): { network: SmallNetwork; issuer: Issuing } {
  const identities = createIdentities();
  const issuer = issuerOf(identities);
  return { network: new SmallNetwork({ identities, grants: gatewayAuthority(issuer, now) }), issuer };
}

function issuerOf({ provider, gateway, server, pne, other }: Identities): Issuing {
  const known = createCredentialStore([pne.credential, other.credential]);
  return { provider, gateway, server, known };
}

export function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
