// SPDX-License-Identifier: Apache-2.0
import Serial from 'embedded:io/serial';
import config from 'mc/config';
import { refuse } from '../../src/refusal.ts';
import { createSerialPort, type SerialPort } from './serial-port.ts';
import { after } from './timer.ts';

/**
 * Opens the port that the board's manifest has for the gateway, or, of a simulated board, the one of that number
 * for its sensor: each has pins of its own. `onBytes` owns what it gets. Refuses `notProvisioned` where there is
 * no such port; throws where it is in use.
 */
export function openSerialPort(onBytes: (bytes: Uint8Array) => void, port = config.serial.port): SerialPort {
  const settings = [config.serial, config.feed].find((each) => each?.port === port);
  return createSerialPort(Serial, after, settings ?? refuse('notProvisioned'), onBytes);
}
