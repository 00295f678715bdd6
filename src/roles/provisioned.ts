// SPDX-License-Identifier: Apache-2.0

import { Curve } from '../crypto/curves.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { ccsCredential } from '../handshake/credential.ts';
import { type InterfaceOptions, staticDhInterface } from './interface.ts';
import { decodeProvisioning, type Place } from './provisioning.ts';

/** What a PNE brings to its interfaces, and where its gateway is. */
export interface Provisioned extends Place {
  readonly hop: InterfaceOptions;
  readonly endToEnd: InterfaceOptions;
}

/**
 * Reads what `admin provision`, or `provisionDevice` of src/exports/node.ts, has made. It has a private key in it, of which
 * the provider keeps a copy: whoever has the bytes wipes them. Refuses what is no provisioning.
 */
export function openProvisioning(provider: CryptoProvider, bytes: Uint8Array): Provisioned {
  const { privateKey, ownCcs, gatewayCcs, serverCcs, ...place } = decodeProvisioning(bytes);
  const identity = {
    privateKey: provider.privateKey(Curve.P256, privateKey),
    credential: ccsCredential(ownCcs),
  };
  const interfaceOf = (name: 'CPNS-1' | 'CPNS-3', peer: Uint8Array) =>
    staticDhInterface('pne', name, provider, identity, [ccsCredential(peer)]);
  return { ...place, hop: interfaceOf('CPNS-1', gatewayCcs), endToEnd: interfaceOf('CPNS-3', serverCcs) };
}
