// SPDX-License-Identifier: Apache-2.0
import type { Connections } from './connect.ts';
import { overLine, overStream } from './stream-link.ts';

const connections: Connections = {
  gateway: ({ gatewayAddress, gatewayPort }) => overStream(gatewayAddress, gatewayPort),
  host: overLine,
};

/** An image with a network: manifests/link-stream.json. */
export const streams = Object.freeze(connections);
