// SPDX-License-Identifier: Apache-2.0

/** Grants that the server issues for its gateway, and a PNE shows to it. */
import { audienceKey } from '../../src/authorization/audience-key.ts';
import { Authority } from '../../src/authorization/authority.ts';
import type { Claims } from '../../src/authorization/claims.ts';
import { confirmationOf } from '../../src/authorization/confirmation.ts';
import { macGrant } from '../../src/authorization/grant.ts';
import { DEFAULT_PN, membership } from '../../src/authorization/membership.ts';
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import type { Credential, CredentialStore, Identity } from '../../src/handshake/credential.ts';

/** What a gateway is to its server. */
const AUDIENCE = 1;
const SEQUENCE = 1;

export interface Issuing {
  readonly provider: CryptoProvider;
  readonly gateway: Identity;
  readonly server: Identity;
  /** Who may show grants. */
  readonly known: CredentialStore;
}

/** What the server issues to whoever has that key: to join the PN at that gateway. */
export function issueGrant(
  { provider, server, gateway, known }: Issuing,
  holder: Credential,
  expiry: Claims['expiry'],
): Uint8Array {
  const key = audienceKey(provider, server.privateKey, gateway.credential);
  const confirmation = confirmationOf(provider, holder, known);
  return macGrant({ ...membership(DEFAULT_PN, SEQUENCE, 0), audience: AUDIENCE, confirmation, expiry }, key);
}

/** By which the gateway decides: it takes grants that are shown to it. `now`: seconds since 1970. */
export function gatewayAuthority(
  { provider, server, gateway, known }: Issuing,
  now: () => number,
): Authority {
  const macKey = audienceKey(provider, gateway.privateKey, server.credential);
  return new Authority({ now, shown: { provider, audience: AUDIENCE, verification: { macKey }, known } });
}
