// SPDX-License-Identifier: Apache-2.0
import type { Connections } from './pne.ts';
import { overStream } from './stream-link.ts';

const connections: Connections = {
  gateway: ({ gatewayAddress, gatewayPort }) => overStream(gatewayAddress, gatewayPort),
  host: (port) => overStream('127.0.0.1', port),
};

/** An image with a network: manifests/link-stream.json. */
export const streams = Object.freeze(connections);
