// SPDX-License-Identifier: Apache-2.0

/** Who is in the network of a run. */
import type { CryptoProvider } from '../../src/crypto/provider.ts';
import { createCredentialStore } from '../../src/handshake/credential.ts';
import { createNodeProvider } from '../../src/node/crypto/provider.ts';
import { type NewIdentity, newIdentity } from '../../src/node/identity.ts';
import type { Provisioning } from '../../src/roles/provisioning.ts';
import type { Issuing } from './shown-grants.ts';

/** Everybody who is provisioned for everybody else. */
export interface Members {
  readonly provider: CryptoProvider;
  readonly pnes: readonly NewIdentity[];
  readonly gateway: NewIdentity;
  readonly server: NewIdentity;
  /** A device that the gateway knows and that nobody has granted anything, where there are attackers. */
  readonly visitor: NewIdentity | undefined;
  /** What grants take that are shown to the gateway. */
  readonly issuing: Issuing;
}

/** Keys are new in every run. */
export function provisionMembers(pneIds: readonly string[], hasVisitor: boolean): Members {
  const provider = createNodeProvider();
  const create = (subject: string, kid?: number) =>
    newIdentity(provider, subject, kid === undefined ? undefined : Uint8Array.of(kid));
  const [gateway, server] = [create('gateway', 0), create('server', 1)];
  const pnes = pneIds.map((pneId, index) => create(pneId, 2 + index));
  const visitor = hasVisitor ? create('visitor') : undefined;
  const known = createCredentialStore(
    [...pnes, ...(visitor ? [visitor] : [])].map(({ credential }) => credential),
  );
  return { provider, gateway, server, pnes, visitor, issuing: { provider, gateway, server, known } };
}

export function provisioningOf(
  { gateway, server }: Members,
  own: NewIdentity,
  place: Pick<Provisioning, 'gatewayAddress' | 'gatewayPort'>,
): Provisioning {
  return {
    ...place,
    pneId: own.credential.subject!,
    privateKey: own.privateKeyBytes,
    ownCcs: own.credential.cred,
    gatewayCcs: gateway.credential.cred,
    serverCcs: server.credential.cred,
  };
}
