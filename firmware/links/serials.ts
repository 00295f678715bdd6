// SPDX-License-Identifier: Apache-2.0
import type { Connections } from './connect.ts';
import { overSerial } from './serial-link.ts';

const connections: Connections = {
  gateway: () => overSerial(),
  host: (port) => overSerial(port),
};

/** An image whose gateway is at the other end of a serial line: manifests/link-serial.json. */
export const serials = Object.freeze(connections);
