// SPDX-License-Identifier: Apache-2.0

/** `pne-runtime/gateway`: a PN GW in a program of one's own. */
export {
  type SimpleGateway,
  type SimpleGatewayOptions,
  startOwnGateway as startGateway,
} from '../node/own-gateway.ts';
export { type PnGateway, type PnGatewayOptions, startPnGateway } from '../node/pn-gateway.ts';
export { type Listener, listenTcp } from '../node/tcp.ts';
