// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/node`: what programs on Node have in common, and a PNE that runs there. */
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Credential } from '../handshake/credential.ts';
import { createNodeProvider } from '../node/crypto/provider.ts';
import { newIdentity } from '../node/identity.ts';
import { encodeProvisioning } from '../roles/provisioning.ts';

export type { Answer, Openness } from '../authorization/decision.ts';
export type { CryptoProvider } from '../crypto/provider.ts';
export { type Credential, ccsCredential, type Identity } from '../handshake/credential.ts';
export { openBootFile } from '../node/boot-file.ts';
export {
  type Device,
  type DeviceOptions,
  type MemberDevice,
  type MemberDeviceOptions,
  startDevice,
} from '../node/device.ts';
export { type DeviceFolder, openDeviceFolder } from '../node/device-folder.ts';
export type { DeviceGroups, GroupTerms } from '../node/device-groups.ts';
export type { DeviceNetworks, NetworkWishes } from '../node/device-networks.ts';
export { newIdentity, openIdentity } from '../node/identity.ts';
export type { GatewayAddress } from '../node/known-gateways.ts';
export type { DeviceNotice, GroupContent } from '../node/member.ts';
export type { AnswerOutcome } from '../node/owner.ts';
export { connectTcp, type Listener, listenTcp } from '../node/tcp.ts';
export { after } from '../node/timer.ts';
export type { Wished } from '../node/wishes.ts';
export { type ReasonName, Refusal } from '../refusal.ts';
export type { NumberedQuestion } from '../roles/consent.ts';
export type { Capabilities } from '../roles/entity-message.ts';
export type { Outcome } from '../roles/pne-readings.ts';
export type { FoundDevice, FoundGroup, FoundNetwork } from '../roles/service-wishes.ts';

/** Cryptography by node:crypto. */
export function createProvider(): CryptoProvider {
  return createNodeProvider();
}

export interface DevicePlace {
  readonly gateway: Credential;
  readonly server: Credential;
  /** Where the device reaches its gateway: 127.0.0.1 unless given. */
  readonly host?: string;
  readonly port: number;
}

/** Makes a device: what it has to be given, private key included, and how gateway and server know it. */
export function provisionDevice(
  provider: CryptoProvider,
  name: string,
  { gateway, server, host = '127.0.0.1', port }: DevicePlace,
): { readonly provisioning: Uint8Array; readonly credential: Credential } {
  const { privateKeyBytes, credential } = newIdentity(provider, name);
  const provisioning = encodeProvisioning({
    pneId: name,
    gatewayAddress: host,
    gatewayPort: port,
    privateKey: privateKeyBytes,
    ownCcs: credential.cred,
    gatewayCcs: gateway.cred,
    serverCcs: server.cred,
  });
  privateKeyBytes.fill(0);
  return { provisioning, credential };
}
