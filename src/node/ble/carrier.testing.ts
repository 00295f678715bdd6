// SPDX-License-Identifier: Apache-2.0

/** Test code: a network of roles in this process whose CPNS-1 goes over the virtual radio. */
import { bleAttestation } from '../../link/ble.ts';
import { createTestNetwork, type TestNetwork, type TestNetworkOptions } from '../../roles/network.testing.ts';

/** By whom it is for, what carries a message and returns it as it arrives; undefined where the link is lost. */
export type Lanes = Readonly<
  Record<'gateway' | 'pne', (message: Uint8Array) => Promise<Uint8Array | undefined>>
>;

/** Both ends of CPNS-1 attest what Secure Connections with bonding gives. */
export function networkOverBle(authenticated: boolean, options: TestNetworkOptions = {}): TestNetwork {
  const security = { encrypted: true, authenticated, bonded: true, keySize: 16 };
  const attestation = bleAttestation(security, { secureConnections: true });
  return createTestNetwork({ ...options, attestations: { gateway: attestation, pne: attestation } });
}

/** Returns what carries all that is under way, and what that causes, one message after the other. */
export function carrier(network: TestNetwork, lanes: Lanes): () => Promise<void> {
  const waiting: { readonly message: Uint8Array; readonly towards: 'gateway' | 'pne' }[] = [];
  network.tap = (message, towards) => {
    waiting.push({ message, towards });
    return [];
  };
  return async () => {
    network.settle();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const arrived = await lanes[next.towards](next.message);
      if (arrived === undefined) waiting.splice(0);
      else network.inject(arrived, next.towards);
      network.settle();
    }
  };
}
