// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/gateway`: a PN GW in a program of one's own. */
export type { NetworkWishes } from '../node/device-networks.ts';
export {
  type SimpleGateway,
  type SimpleGatewayOptions,
  startOwnGateway as startGateway,
} from '../node/own-gateway.ts';
export { type PnGateway, type PnGatewayOptions, startPnGateway } from '../node/pn-gateway.ts';
export { type Listener, listenTcp } from '../node/tcp.ts';
export type { Wished } from '../node/wishes.ts';
export type { Capabilities } from '../roles/entity-message.ts';
export type { FoundDevice, FoundNetwork } from '../roles/service-wishes.ts';
