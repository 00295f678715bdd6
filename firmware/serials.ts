// SPDX-License-Identifier: Apache-2.0
import type { Connections } from './pne.ts';
import { overSerial } from './serial-link.ts';

/** A gateway answers sooner, and a handshake is sent four times in it. */
const SILENCE_MS = 20_000;

const connections: Connections = {
  gateway: () => overSerial({ silenceMs: SILENCE_MS }),
  host: (port) => overSerial({ port }),
};

/** An image whose gateway is at the other end of a serial line: manifests/link-serial.json. */
export const serials = Object.freeze(connections);
