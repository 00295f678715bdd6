// SPDX-License-Identifier: Apache-2.0
import Serial from 'embedded:io/serial';
import config from 'mc/config';
import { createSerialPort, type SerialPort, settingsOf } from './serial-port.ts';
import { after } from './timer.ts';

/**
 * Opens the port that the board's manifest has for the gateway, or, of a simulated board, the one of that number
 * for its sensor: each has pins of its own. `onBytes` owns what it gets. Refuses `notProvisioned` where there is
 * no such port; throws where it is in use.
 */
export function openSerialPort(onBytes: (bytes: Uint8Array) => void, port = config.serial.port): SerialPort {
  return createSerialPort(Serial, after, settingsOf([config.serial, config.feed], port), onBytes);
}
