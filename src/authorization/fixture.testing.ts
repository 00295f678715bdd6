// SPDX-License-Identifier: Apache-2.0

/** Test code: grants, and the two ends of one. */
import { createFill } from '../bytes/random.testing.ts';
import { Curve } from '../crypto/curves.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import { type Credential, createCredentialStore, type Identity } from '../handshake/credential.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { audienceKey } from './audience-key.ts';
import type { Claims } from './claims.ts';
import { ConfirmationMethod } from './confirmation.ts';
import { ObjectKind, objectOf, rowFor } from './operations.ts';

export const PROVIDER = createNobleProvider(createFill(12));
export const NOW = 1_795_780_000;
export const PN = objectOf(ObjectKind.personalNetwork, 1);

function identity(name: string, kid: number): Identity {
  return createIdentity(PROVIDER, Curve.P256, name, Uint8Array.of(kid));
}

export const SERVER = identity('server', 1);
export const GATEWAY = identity('gateway', 2);
export const OTHER_GATEWAY = identity('other-gateway', 3);
export const PNE = identity('pne-1', 4);
export const OTHER_PNE = identity('pne-2', 5);

export const KNOWN = createCredentialStore([PNE.credential, OTHER_PNE.credential]);
/** As the server makes it, and as the gateway does. */
export const ISSUER_KEY = audienceKey(PROVIDER, SERVER.privateKey, GATEWAY.credential);
export const GATEWAY_KEY = audienceKey(PROVIDER, GATEWAY.privateKey, SERVER.credential);

/** A grant of one row for PNE, for whom decides as audience 7. */
export function claimsWith(changes: Partial<Claims> = {}): Claims {
  return {
    audience: 7,
    sequence: 500,
    confirmation: { method: ConfirmationMethod.kid, value: Uint8Array.of(4) },
    scope: [rowFor(PN, 'pn-join', 'pn-report', 'pn-receive')],
    expiry: { exp: NOW + 3600 },
    ...changes,
  };
}

/** Somebody else, whose kid is that of PNE. */
export function namesakeOf({ idCred }: Credential, name: string): Identity {
  return createIdentity(PROVIDER, Curve.P256, name, idCred.subarray(idCred.length - 1));
}
