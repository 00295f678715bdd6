// SPDX-License-Identifier: Apache-2.0

/** Test code: a network of roles in this process whose CPNS-1 goes over the virtual radio. */
import type { Attestation } from '../../link/attestation.ts';
import { bleAttestation } from '../../link/ble.ts';
import { createTestNetwork, type TestNetwork, type TestNetworkOptions } from '../../roles/network.testing.ts';

/** By whom it is for, what carries a message and returns it as it arrives; undefined where the link is lost. */
export type Lanes = Readonly<
  Record<'gateway' | 'pne', (message: Uint8Array) => Promise<Uint8Array | undefined>>
>;

/** What each end has for a channel binding, where its stack shows any. */
export type Channels = Partial<Readonly<Record<'gateway' | 'pne', Uint8Array>>>;

/** Both ends of CPNS-1 attest what Just Works by Secure Connections with bonding gives. */
export function networkOverBle({ gateway, pne }: Channels, options: TestNetworkOptions = {}): TestNetwork {
  return createTestNetwork({
    ...options,
    attestations: { gateway: justWorks(gateway), pne: justWorks(pne) },
  });
}

export function justWorks(channelBinding: Uint8Array | undefined): Attestation {
  return bleAttestation({
    encrypted: true,
    authenticated: false,
    bonded: true,
    keySize: 16,
    secureConnections: true,
    ...(channelBinding !== undefined && { channelBinding }),
  });
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
