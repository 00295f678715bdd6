// SPDX-License-Identifier: Apache-2.0

/** Test code: who is who in a network of the tests. */
import { createFill } from '../bytes/random.testing.ts';
import { Curve } from '../crypto/curves.ts';
import { createNobleProvider } from '../crypto/noble/provider.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Identity } from '../handshake/credential.ts';
import { createIdentity } from '../handshake/test-fixture.ts';
import { withRecords } from '../session/records.ts';

export const PNE_ID = 'pne-1';

export interface TestIdentities {
  readonly pne: Identity;
  /** Of a second PNE that gateway and server know as well. */
  readonly otherPne: Identity;
  readonly gateway: Identity;
  readonly server: Identity;
}

export const PROVIDER = withRecords(createNobleProvider(createFill(1)));
export const IDENTITIES = createIdentities(PROVIDER, Curve.P256);

export function createIdentities(provider: CryptoProvider, curve: number): TestIdentities {
  const named = (subject: string, kid: number) =>
    createIdentity(provider, curve, subject, Uint8Array.of(kid));
  return {
    pne: named(PNE_ID, 1),
    otherPne: named('pne-2', 4),
    gateway: named('gateway', 2),
    server: named('server', 3),
  };
}
